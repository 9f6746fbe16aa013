// What is not needed every time: folded until it is used, or until Rust asks for it.
import { DownOutlined, RightOutlined } from '@ant-design/icons';
import { Button, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAnswer } from '../../api';
import { readDay } from '../../parts/read';
import { spoken } from '../../text';
import { Chips, Code, Labelled, Line, useForm, useText, useWriting } from './form';
import { splitKey } from '../../parts/own';
import { useStands, type Fields } from '../../parts/sheet';
import { classes } from '../../style/classes';
import css from './visit.module.css';

const FOLDED = ['purpose', 'visitors', 'minutes', 'contact_parent', 'policy_told', 'actions', 'actions_text', 'followup', 'sign_note'];

export function More() {
  const { t } = useTranslation();
  const sheet = useWriting();
  const findings = useStands(sheet, ({ findings }) => findings);
  const [open, setOpen] = useState(() => Object.keys(sheet.values).some((key) => used(key)));
  const asked = findings.some(({ key, level }) => level === 'red' && FOLDED.includes(splitKey(key).name.split('/')[0]?.replace(/_other$/, '') ?? ''));
  const shown = open || asked;
  return (
    <section className="panel stack">
      <button type="button" className={css.fold} aria-expanded={shown} onClick={() => setOpen(!shown)} data-testid="more">
        {shown ? <DownOutlined /> : <RightOutlined />}<span>{t('visit.more')}</span><span className="quiet">{t('visit.more_hint')}</span>
      </button>
      {shown && (
        <>
          <Chips name="purpose" />
          <Visitors />
          <div className={css.pair}><Line name="minutes" number /><Code name="contact_parent" /></div>
          <Chips name="policy_told" />
          <Chips name="actions" />
          <Line name="actions_text" />
          <Followups />
          <Line name="sign_note" />
        </>
      )}
    </section>
  );
}

/** What a new note begins with does not open the fold. */
function used(key: string): boolean {
  const name = key.split('/')[0] ?? '';
  return FOLDED.includes(name) && name !== 'visitors' && key !== 'purpose/1';
}

function Visitors() {
  const { t } = useTranslation();
  const sheet = useWriting();
  const [, redraw] = useState(0);
  const posts = useAnswer('roster.posts', {});
  const value = Object.keys(sheet.values).filter((key) => key.startsWith('visitors/') && sheet.values[key] === true).map((key) => key.slice('visitors/'.length));
  const options = (posts.data ?? []).map(({ post, person, title, unit }) => ({ value: post, label: [person, spoken(title), unit].filter(Boolean).join(' · ') }));
  const change = (next: string[]) => {
    for (const post of new Set([...value, ...next])) sheet.put(`visitors/${post}`, next.includes(post) ? true : undefined);
    redraw((n) => n + 1);
  };
  return (
    <Labelled name="visitors">
      <Select mode="multiple" value={value} options={options} onChange={change} showSearch={{ optionFilterProp: 'label' }} style={{ width: '100%' }} aria-label={t('visit.visitors')} data-testid="field-visitors" />
    </Labelled>
  );
}

/** Rows with ids of their own; each becomes something to do. */
function Followups() {
  const { t } = useTranslation();
  const { label } = useForm();
  const sheet = useWriting();
  const [rows, setRows] = useState(() => [...new Set(Object.keys(sheet.values).filter((key) => key.startsWith('followup/')).map((key) => key.split('/')[1] ?? ''))]);
  const add = () => setRows([...rows, [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('')]);
  const drop = (row: string) => {
    sheet.dropRow(`followup/${row}/`);
    setRows(rows.filter((other) => other !== row));
  };
  return (
    <div className={classes(css.field, css.followups)} data-field="followup" role="group" aria-label={label('followup')}>
      <span className={css.fieldLabel}>{label('followup')}</span>
      {rows.map((row) => <Followup key={row} sheet={sheet} row={row} drop={() => drop(row)} />)}
      <div><Button onClick={add} data-testid="followup-add">{t('visit.followup_add')}</Button></div>
    </div>
  );
}

function Followup({ sheet, row, drop }: { sheet: Fields; row: string; drop(): void }) {
  const { t } = useTranslation();
  const item = useText(sheet, `followup/${row}/item`);
  const due = useText(sheet, `followup/${row}/due`);
  const put = (text: string) => {
    due.type(text);
    sheet.put(`followup/${row}/due`, text);
  };
  return (
    <div className="row" style={{ flexWrap: 'nowrap' }}>
      <input className={classes('grow', css.line)} value={item.typed} maxLength={200} placeholder={t('visit.followup_what')} aria-label={t('visit.followup_what')} onChange={(event) => { item.type(event.target.value); sheet.put(`followup/${row}/item`, event.target.value); }} />
      <input
        className={classes('num', css.line, css.short)} value={due.typed} placeholder={t('visit.followup_due')} aria-label={t('visit.followup_due')} onChange={(event) => put(event.target.value)}
        onBlur={() => void readDay(due.typed, 'coming').then(({ text }) => put(text))}
      />
      <button type="button" className={css.off} aria-label={t('visit.followup_drop')} onClick={drop}>×</button>
    </div>
  );
}
