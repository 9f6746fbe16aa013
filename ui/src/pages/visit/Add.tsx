// What is added to a finished note: 补充说明; at a station 已阅, and 退回补充 with a box of its own, so that neither is sent as the other.
// What is half written is a draft like any other: there after another page, a lock, a kill.
import { CheckOutlined, EditOutlined, RollbackOutlined } from '@ant-design/icons';
import { Button, Checkbox, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call, useAnswer, type SiblingNote, type VisitLine } from '../../api';
import { waits } from '../../parts/alarm/AlarmTag';
import { Elsewhere, Kept } from '../../parts/Elsewhere';
import { useSheet, useStands, type Sheet } from '../../parts/sheet';
import { useText } from './form';
import { useRemark } from './remark';
import { classes } from '../../style/classes';
import css from './visit.module.css';

type Box = 'return' | 'supplement' | 'none';

export function Add({ line, siblings }: { line: VisitLine; siblings: SiblingNote[] }) {
  const drafts = useAnswer('draft.list', {});
  const [opened, open] = useState<Box>();
  const close = () => open('none');
  if (!line.may.includes('review')) return line.may.includes('supplement') ? <Supplement line={line} siblings={siblings} /> : null;
  const begun = drafts.data?.find(({ about, form }) => about === line.record && (form === 'review' || form === 'supplement'))?.form;
  const box = opened ?? (begun === 'review' ? 'return' : begun === 'supplement' ? 'supplement' : 'none');
  if (box === 'return') return <Return line={line} close={close} />;
  if (box === 'supplement' && line.may.includes('supplement')) return <Supplement line={line} siblings={siblings} close={close} />;
  return <Choose line={line} open={open} />;
}

function Choose({ line, open }: { line: VisitLine; open(what: Box): void }) {
  const { t } = useTranslation();
  const { busy, write } = useRemark();
  const read = () => write(() => call('visit.review', { visit: line.record, verdict: '1' }), t('visit.review_done'));
  return (
    <div className={classes('stack', css.add)}>
      <div className="row">
        {line.standing !== 'read' && !waits(line.alarm) && <Button type="primary" icon={<CheckOutlined />} loading={busy} onClick={() => void read()} data-testid="read">{t('visit.review_read')}</Button>}
        <Button icon={<RollbackOutlined />} onClick={() => open('return')} data-testid="return">{t('visit.review_return')}</Button>
      </div>
      {line.may.includes('supplement') && <div><Button type="text" icon={<EditOutlined />} onClick={() => open('supplement')} data-testid="supplement-open">{t('visit.supplement_write')}</Button></div>}
    </div>
  );
}

/** The id of a sheet's draft, where it has one yet. */
const draftOf = (sheet: Sheet) => (sheet.draft === '' ? {} : { draft: sheet.draft });

function Return({ line, close }: { line: VisitLine; close(): void }) {
  const { sheet, again } = useSheet({ form: 'review', about: line.record });
  return sheet && <ReturnBox key={sheet.opened} sheet={sheet} again={again} line={line} close={close} />;
}

function ReturnBox({ sheet, again, line, close }: { sheet: Sheet; again(): void; line: VisitLine; close(): void }) {
  const { t } = useTranslation();
  const { busy, write } = useRemark();
  const why = useText(sheet, 'note');
  const elsewhere = useStands(sheet, () => sheet.elsewhere);
  const send = async () => {
    await sheet.flush();
    if (sheet.elsewhere || !(await write(() => call('visit.review', { visit: line.record, verdict: '2', note: why.typed.trim(), ...draftOf(sheet) }), t('visit.review_returned')))) return;
    sheet.end();
    close();
  };
  return (
    <div className={classes('stack', css.add, css.return)}>
      <Elsewhere sheet={sheet} again={again} />
      <label>
        <span className={css.fieldLabel}>{t('visit.review_return')}<span className={classes('quiet', css.fieldHint)}>{t('visit.review_what')}</span></span>
        <Input.TextArea autoFocus value={why.typed} rows={3} maxLength={500} onChange={(event) => { why.type(event.target.value); sheet.put('note', event.target.value); }} onBlur={() => void sheet.flush()} data-testid="return-why" />
      </label>
      <Kept sheet={sheet} />
      <div className="row">
        <Button type="primary" disabled={why.typed.trim() === '' || elsewhere} loading={busy} onClick={() => void send()} data-testid="return-send">{t('visit.review_send')}</Button>
        <Button type="text" onClick={close}>{t('visit.stop')}</Button>
      </div>
    </div>
  );
}

type Writing = { line: VisitLine; siblings: SiblingNote[]; /** It was opened by a button. */ close?: () => void };

function Supplement(props: Writing) {
  const { sheet, again } = useSheet({ form: 'supplement', about: props.line.record });
  return sheet && <SupplementBox key={sheet.opened} sheet={sheet} again={again} {...props} />;
}

function SupplementBox({ sheet, again, line, siblings, close }: Writing & { sheet: Sheet; again(): void }) {
  const { t } = useTranslation();
  const { busy, write } = useRemark();
  const text = useText(sheet, 'text');
  const [also, setAlso] = useState<string[]>([]);
  const elsewhere = useStands(sheet, () => sheet.elsewhere);
  const save = async () => {
    await sheet.flush();
    if (sheet.elsewhere || !(await write(() => call('visit.supplement', { visit: line.record, also, text: text.typed, ...draftOf(sheet) }), t('visit.supplement_saved')))) return;
    sheet.end();
    close?.();
    again();
  };
  return (
    <div className={classes('stack', css.add)}>
      <Elsewhere sheet={sheet} again={again} />
      <label>
        <span className={css.fieldLabel}>{t('visit.supplement')}<span className={classes('quiet', css.fieldHint)}>{t('visit.supplement_hint')}</span></span>
        <Input.TextArea autoFocus={close !== undefined} value={text.typed} rows={3} maxLength={2000} onChange={(event) => { text.type(event.target.value); sheet.put('text', event.target.value); }} onBlur={() => void sheet.flush()} data-testid="supplement" />
      </label>
      {siblings.map(({ visit, name }) => (
        <Checkbox key={visit} checked={also.includes(visit)} onChange={({ target }) => setAlso(target.checked ? [...also, visit] : also.filter((one) => one !== visit))} data-testid={`also-${visit}`}>{t('visit.supplement_also', { name })}</Checkbox>
      ))}
      <Kept sheet={sheet} />
      <div className="row">
        <Button type="primary" disabled={text.typed.trim() === '' || elsewhere} loading={busy} onClick={() => void save()} data-testid="supplement-save">{t('visit.supplement_save')}</Button>
        {close && <Button type="text" onClick={close}>{t('visit.stop')}</Button>}
      </div>
    </div>
  );
}
