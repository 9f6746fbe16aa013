// One paper note: everything the form must have, in the order of the paper; Enter goes on, digits answer and go on.
import { CheckOutlined } from '@ant-design/icons';
import { App, Button } from 'antd';
import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { tell } from '../../parts/fault';
import { composing } from '../../parts/keys';
import { readDay } from '../../parts/read';
import { useEverybody } from '../../parts/everybody';
import { useShutNames } from '../../parts/names';
import { listed, spoken } from '../../text';
import { ASPECTS, hazardTone } from './Aspects';
import { jump, SavedLine } from './Finish';
import { Chips, Code, Findings, Labelled, Line, useAsked, useFindings, useForm, useText, useWriting, Yes } from './form';
import { useStands, useValue, type Sheet } from '../../parts/sheet';
import { Moment, Whom } from './When';
import { classes } from '../../style/classes';
import css from './visit.module.css';

/** Where Enter stops, in the order of the page. */
const STOPS = 'input, textarea, [role=radio][tabindex="0"], [data-testid="paper-complete"]';

/** Goes to the stop after the one that has the focus. */
function next(box: HTMLElement, from: Element) {
  const stops = [...box.querySelectorAll<HTMLElement>(STOPS)];
  const radios = from.closest('[role=radiogroup]');
  const at = stops.findIndex((stop) => stop === from || (radios !== null && radios.contains(stop)));
  const to = stops[at + 1];
  to?.focus();
  if (to instanceof HTMLInputElement) to.select();
}

export function Row({ sheet, done, left }: { sheet: Sheet; done(name: string, visits: string[]): void; left(): void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const box = useRef<HTMLDivElement>(null);
  const [busy, setBusy] = useState(false);
  const [late, unmet, report] = [useAsked('late_reason'), useAsked('unmet_reason'), useAsked('report_needed')];
  const parent = useAsked('contact_parent');
  const name = useNames();
  // what is typed goes to the disk when the page is left
  useEffect(() => () => void sheet.flush(), [sheet]);
  useEffect(() => box.current?.querySelector<HTMLInputElement>('[data-testid="paper-day"]')?.select(), []);

  async function complete() {
    setBusy(true);
    try {
      const completed = await sheet.complete();
      if (completed) return done(name, completed.records.map(({ visit }) => visit));
      const first = sheet.standing.findings.find(({ level }) => level === 'red');
      if (first) jump(first);
    } catch (thrown) {
      tell(message, thrown);
    } finally {
      setBusy(false);
    }
  }
  const stop = async () => {
    if (await sheet.flush()) left();
  };
  const drop = () => sheet.discard().then(left, (thrown: unknown) => tell(message, thrown));
  // whether a digit brought the focus here: the Enter after it still belongs to that answer, and skips nothing
  const brought = useRef(false);
  const keys = (event: KeyboardEvent<HTMLDivElement>) => {
    const from = event.target as Element;
    if (composing(event)) return;
    const came = brought.current;
    brought.current = false;
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void complete();
    else if (event.key === 'Enter' && !event.shiftKey && from.matches('input, textarea, [role=radio]')) {
      if (!came) next(event.currentTarget, from);
    } else if (/^[0-9]$/.test(event.key) && event.defaultPrevented && from.matches('[role=radio], [data-digit]')) {
      brought.current = true;
      requestAnimationFrame(() => box.current && next(box.current, from));
    } else return;
    event.preventDefault();
  };
  return (
    <div ref={box} className={css.paperSheet} data-sheet onKeyDown={keys}>
      <div className="row"><span className="grow"><Whom /></span><Button type="text" onClick={() => void stop()} data-testid="paper-stop">{t('visit.stop')}</Button><Button type="text" onClick={() => void drop()} data-testid="paper-drop">{t('visit.discard')}</Button></div>
      <div className={css.paperLine}>
        <Moment testid="paper-day" />
        <Code name="mode" label={t('visit.row_mode')} />
        <Yes name="met_child" />
        <Yes name="met_guardian" />
      </div>
      {late && <Line name="late_reason" />}
      {unmet && <Line name="unmet_reason" />}
      <Digits />
      {report && <Yes name="report_needed" />}
      <Text />
      {parent && <Code name="contact_parent" />}
      <Chips name="hazard" tone={hazardTone} />
      <div className={css.paperLine}><Next /><Code name="risk_hint" /></div>
      <Left />
      <div className="row">
        <Button type="primary" size="large" icon={<CheckOutlined />} loading={busy} onClick={() => void complete()} data-testid="paper-complete">{t('visit.complete')}</Button>
        <SavedLine />
      </div>
    </div>
  );
}

/** Whose sheet it is. */
function useNames(): string {
  const children = useStands(useWriting(), ({ children }) => children);
  const all = useEverybody();
  const names = useShutNames();
  return listed((all.error ? names : all.cards).filter(({ child }) => children.includes(child)).map(({ name }) => name));
}

/** The seven aspects: a digit each, its word below; words of one's own only where something is wrong. */
function Digits() {
  const { t } = useTranslation();
  const sheet = useWriting();
  const { table, word } = useForm();
  const rest = () => ASPECTS.forEach((name) => sheet.values[name] === undefined && sheet.put(name, '1'));
  const entries = table(ASPECTS[0])?.entries ?? [];
  return (
    <div className={css.field} role="group" aria-label={t('visit.row_aspects')}>
      <div className={classes('row', css.paperLegend)}>
        <span className={css.fieldLabel}>{t('visit.row_aspects')}<span className="need" aria-hidden> *</span></span>
        <span className="quiet num grow">{entries.map((entry) => `${entry.code} ${word(entry)}`).join(' · ')}</span>
        <Button onClick={rest} data-testid="paper-rest">{t('visit.rest_good')}</Button>
      </div>
      <div className={css.paperAspects}>{ASPECTS.map((name) => <Digit key={name} name={name} />)}</div>
      {ASPECTS.map((name) => <Wrong key={name} name={name} />)}
    </div>
  );
}

const TONE: Record<string, string> = { '3': 'amber', '4': 'red' };

function Digit({ name }: { name: string }) {
  const sheet = useWriting();
  const { label, table, word } = useForm();
  const found = useFindings(name);
  const value = useValue(sheet, name);
  const chosen = table(name)?.entries.find(({ code }) => code === value);
  const keys = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.ctrlKey || event.altKey || event.metaKey || composing(event)) return;
    if (event.key === 'Backspace' || event.key === 'Delete') sheet.put(name, undefined);
    // here and not when the box changes: the digit that stands there already is an answer as well
    if (!table(name)?.entries.some(({ code }) => code === event.key)) return;
    event.preventDefault();
    sheet.put(name, event.key);
  };
  return (
    <label className={classes(css.paperDigit, TONE[String(value)])} data-field={name}>
      <span>{label(name).replace(/状况$/, '')}</span>
      <input className={classes('num', css.line)} inputMode="numeric" data-digit value={chosen?.code ?? ''} onFocus={(event) => event.target.select()} onKeyDown={keys} data-testid={`paper-${name}`}
        onChange={(event) => {
          const code = event.target.value.replace(/[０-９]/g, (digit) => String.fromCharCode(digit.charCodeAt(0) - 0xfee0)).slice(-1);
          if (!table(name)?.entries.some((entry) => entry.code === code)) return;
          sheet.put(name, code);
          const box = event.target.closest<HTMLElement>('[data-sheet]');
          if (box) next(box, event.target);
        }} />
      <span className={css.paperWord}>{chosen ? word(chosen) : '　'}</span>
      <Findings of={found} />
    </label>
  );
}

function Wrong({ name }: { name: string }) {
  const value = useValue(useWriting(), name);
  return value === '3' || value === '4' ? <Line name={`${name}_note`} /> : null;
}

function Text() {
  const { t } = useTranslation();
  const sheet = useWriting();
  const { field } = useForm();
  const { typed, type } = useText(sheet, 'note');
  return (
    <Labelled name="note" label={t('visit.row_note')} as="label" hint={t('visit.note_hint')}>
      <textarea className={css.line} rows={2} value={typed} maxLength={field('note')?.max || 2000} onChange={(event) => { type(event.target.value); sheet.put('note', event.target.value); }} onBlur={() => void sheet.flush()} data-testid="paper-note" />
    </Labelled>
  );
}

function Next() {
  const { t } = useTranslation();
  const sheet = useWriting();
  const found = useFindings('next_visit');
  const value = useValue(sheet, 'next_visit');
  const [typed, type] = useState(typeof value === 'string' ? value : '');
  // kept as it was typed: Rust reads it, whoever is quicker
  const show = async () => {
    const { text } = await readDay(typed, 'coming');
    type(text);
    sheet.put('next_visit', text);
  };
  return (
    <div className={css.field} data-field="next_visit">
      <label className={css.fieldBox}>
        <span className={css.fieldLabel}>{t('visit.row_next')}<span className="need" aria-hidden> *</span></span>
        <input className={classes('num', css.line, css.short)} value={typed} onChange={(event) => { type(event.target.value); sheet.put('next_visit', event.target.value); }} onBlur={() => void show()} data-testid="paper-next" />
      </label>
      <Findings of={found} />
    </div>
  );
}

/** What still stands in the way, each a way to the field; said once 完成 was tried. */
function Left() {
  const { t } = useTranslation();
  const sheet = useWriting();
  const findings = useStands(sheet, ({ findings }) => findings);
  const tried = useStands(sheet, ({ tried }) => tried);
  const red = findings.filter(({ level }) => level === 'red');
  if (!tried || red.length === 0) return null;
  return (
    <div className={classes(css.left, css.tried)} role="alert">
      <div className={css.leftTitle}>{t('visit.left', { n: red.length })}</div>
      <ul>{red.map((finding) => <li key={finding.key + finding.text}><button type="button" className="red" onClick={() => jump(finding)}>{spoken(finding)}</button></li>)}</ul>
    </div>
  );
}
