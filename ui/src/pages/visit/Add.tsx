// What is added to a finished note: 补充说明; at a station 已阅, and 退回补充 with a box of its own, so that neither is sent as the other.
import { CheckOutlined, EditOutlined, RollbackOutlined } from '@ant-design/icons';
import { Button, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call, useAnswer, type VisitLine } from '../../api';
import { useRemark } from './remark';
import { classes } from '../../style/classes';
import css from './visit.module.css';

export function Add({ line }: { line: VisitLine }) {
  const me = useAnswer('me', {});
  const [open, setOpen] = useState<'return' | 'supplement'>();
  if (!me.data) return null;
  const close = () => setOpen(undefined);
  if (!me.data.station || line.who.own) return <Supplement line={line} />;
  if (open === 'return') return <Return line={line} close={close} />;
  if (open === 'supplement') return <Supplement line={line} close={close} />;
  return <Choose line={line} open={setOpen} />;
}

function Choose({ line, open }: { line: VisitLine; open(what: 'return' | 'supplement'): void }) {
  const { t } = useTranslation();
  const { busy, write } = useRemark();
  const read = () => write(() => call('visit.review', { visit: line.record, verdict: '1' }), t('visit.review_done'));
  return (
    <div className={classes('stack', css.add)}>
      <div className="row">
        {line.standing !== 'read' && <Button type="primary" icon={<CheckOutlined />} loading={busy} onClick={() => void read()} data-testid="read">{t('visit.review_read')}</Button>}
        <Button icon={<RollbackOutlined />} onClick={() => open('return')} data-testid="return">{t('visit.review_return')}</Button>
      </div>
      <div><Button type="text" icon={<EditOutlined />} onClick={() => open('supplement')} data-testid="supplement-open">{t('visit.supplement_write')}</Button></div>
    </div>
  );
}

function Return({ line, close }: { line: VisitLine; close(): void }) {
  const { t } = useTranslation();
  const { busy, write } = useRemark();
  const [why, setWhy] = useState('');
  const send = async () => {
    if (await write(() => call('visit.review', { visit: line.record, verdict: '2', note: why.trim() }), t('visit.review_returned'))) close();
  };
  return (
    <div className={classes('stack', css.add, css.return)}>
      <label>
        <span className={css.fieldLabel}>{t('visit.review_return')}<span className={classes('quiet', css.fieldHint)}>{t('visit.review_what')}</span></span>
        <Input.TextArea autoFocus value={why} rows={3} maxLength={500} onChange={(event) => setWhy(event.target.value)} data-testid="return-why" />
      </label>
      <div className="row">
        <Button type="primary" disabled={why.trim() === ''} loading={busy} onClick={() => void send()} data-testid="return-send">{t('visit.review_send')}</Button>
        <Button type="text" onClick={close}>{t('words.cancel')}</Button>
      </div>
    </div>
  );
}

/** `close`: it was opened by a button. */
function Supplement({ line, close }: { line: VisitLine; close?: () => void }) {
  const { t } = useTranslation();
  const { busy, write } = useRemark();
  const [text, setText] = useState('');
  const save = async () => {
    if (!(await write(() => call('visit.supplement', { visit: line.record, text }), t('visit.supplement_saved')))) return;
    setText('');
    close?.();
  };
  return (
    <div className={classes('stack', css.add)}>
      <label>
        <span className={css.fieldLabel}>{t('visit.supplement')}<span className={classes('quiet', css.fieldHint)}>{t('visit.supplement_hint')}</span></span>
        <Input.TextArea autoFocus={close !== undefined} value={text} rows={3} maxLength={1000} onChange={(event) => setText(event.target.value)} data-testid="supplement" />
      </label>
      <div className="row">
        <Button type="primary" disabled={text.trim() === ''} loading={busy} onClick={() => void save()} data-testid="supplement-save">{t('visit.supplement_save')}</Button>
        {close && <Button type="text" onClick={close}>{t('words.cancel')}</Button>}
      </div>
    </div>
  );
}
