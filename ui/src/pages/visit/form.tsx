// Labels and codes of the visit form, from Rust, and the small fields the note is made of.
import { createContext, useContext, useId, useState, type KeyboardEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useAnswer, type Entry, type Field, type Finding, type Table, type Value } from '../../api';
import { useLook } from '../../look';
import { useForms } from '../../parts/forms';
import { spoken, titled } from '../../text';
import { useFound, useStands, useValue, type Fields } from '../../parts/sheet';
import { classes } from '../../style/classes';
import part from '../../parts/choice.module.css';
import css from './visit.module.css';

export const Writing = createContext<Fields | null>(null);

export function useWriting(): Fields {
  const sheet = useContext(Writing);
  if (!sheet) throw new Error('outside of a note');
  return sheet;
}

/** The visit form: its fields by key, its code tables, words in the chosen language. */
export function useForm() {
  const { look } = useLook();
  const forms = useForms();
  const zh = look.language === 'zh';
  const field = (key: string): Field | undefined => forms?.forms.find(({ id }) => id === 'visit')?.fields.find((one) => one.key === key);
  const label = (key: string): string => (zh ? field(key)?.title : field(key)?.en) ?? key;
  const table = (key: string): Table | undefined => forms?.codes.find(({ id }) => id === field(key)?.code);
  const word = (entry: Entry): string => (zh ? entry.name : entry.en);
  return { ready: forms !== undefined, field, label, table, word };
}

/** The core's clock when the desk was opened, in milliseconds: good enough for days. */
export function useNow(): number {
  const me = useAnswer('me', {});
  const [opened] = useState(() => Date.now());
  return me.data?.now ?? opened;
}

/** What Rust says about a field; what is only missing is left for 完成. */
export function useFindings(key: string): Finding[] {
  const sheet = useWriting();
  const tried = useStands(sheet, ({ tried }) => tried);
  return useFound(sheet, key).filter(({ missing }) => tried || !missing);
}

/** Whether Rust asks for a field now. */
export function useAsked(key: string): boolean {
  const sheet = useWriting();
  const value = useValue(sheet, key);
  return useFound(sheet, key).length > 0 || value !== undefined;
}

export function Findings({ of }: { of: Finding[] }) {
  return of.map((finding) => <div key={finding.text} className={`finding ${finding.level}`}>{spoken(finding)}</div>);
}

/** A field with its label above. `name` is the key; 完成 jumps there. */
export function Labelled({ name, label, children, hint, as = 'div' }: { name: string; label?: string; hint?: ReactNode; children: ReactNode; as?: 'div' | 'label' }) {
  const { label: of, field } = useForm();
  const found = useFindings(name);
  const need = field(name)?.need === 'must';
  const Box = as;
  return (
    <div className={css.field} data-field={name}>
      <Box className={css.fieldBox}>
        <span className={css.fieldLabel}>{label ?? of(name)}{need && <span className="need" aria-hidden> *</span>}{hint && <span className={classes('quiet', css.fieldHint)}>{hint}</span>}</span>
        {children}
      </Box>
      <Findings of={found} />
    </div>
  );
}

type Option = { value: string; word: string; tone?: string };

/** One of few: buttons; arrows move, digits pick. */
export function OneOf({ name, label, options, value, pick, digits }: { name: string; label: string; options: Option[]; value: string | undefined; pick(value: string): void; digits?: (digit: string) => string | undefined }) {
  const group = useId();
  const keys = (event: KeyboardEvent<HTMLDivElement>) => {
    const all = [...event.currentTarget.querySelectorAll<HTMLElement>('[role=radio]')];
    const at = all.indexOf(document.activeElement as HTMLElement);
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const digit = /^[0-9]$/.test(event.key) && !event.ctrlKey && !event.altKey ? digits?.(event.key) ?? options[Number(event.key) - 1]?.value : undefined;
    if (step !== undefined) all[(at + step + all.length) % all.length]?.focus();
    else if (digit !== undefined) pick(digit);
    else return;
    event.preventDefault();
  };
  const entry = options.some((option) => option.value === value) ? value : options[0]?.value;
  return (
    <div className={css.oneOf} role="radiogroup" aria-label={label} id={group} onKeyDown={keys} data-testid={`field-${name}`}>
      {options.map((option) => (
        <button key={option.value} type="button" role="radio" aria-checked={option.value === value} tabIndex={option.value === entry ? 0 : -1} className={classes(part.choice, option.tone)} onClick={() => pick(option.value)} data-testid={`${name}-${option.value}`}>{titled(option.word)}</button>
      ))}
    </div>
  );
}

/** A code of the form's table. */
export function Code({ name, label, hint }: { name: string; label?: string; hint?: ReactNode }) {
  const sheet = useWriting();
  const { label: of, table, word } = useForm();
  const value = useValue(sheet, name);
  const options = (table(name)?.entries ?? []).map((entry) => ({ value: entry.code, word: word(entry) }));
  return (
    <>
      <Labelled name={name} label={label} hint={hint}>
        <OneOf name={name} label={label ?? of(name)} options={options} value={typeof value === 'string' ? value : undefined} pick={(code) => sheet.put(name, code)} />
      </Labelled>
      <Other name={name} chosen={value === table(name)?.other} />
    </>
  );
}

/** Yes or no, and where the form allows it, not known. */
export function Yes({ name, unknown }: { name: string; unknown?: boolean }) {
  const { t } = useTranslation();
  const sheet = useWriting();
  const { label } = useForm();
  const value = useValue(sheet, name);
  const options = [{ value: 'yes', word: t('visit.yes') }, { value: 'no', word: t('visit.no') }, ...(unknown ? [{ value: 'unknown', word: t('words.unknown') }] : [])];
  const now = value === true ? 'yes' : value === false ? 'no' : value === null ? 'unknown' : undefined;
  const put: Record<string, Value> = { yes: true, no: false, unknown: null };
  return (
    <Labelled name={name}>
      <OneOf name={name} label={label(name)} options={options} value={now} pick={(picked) => sheet.put(name, put[picked] ?? null)} />
    </Labelled>
  );
}

/** Several codes: chips. Stored as one key a member. `tone`: what a chosen one looks like, where it is no good news. */
export function Chips({ name, hint, tone }: { name: string; hint?: ReactNode; tone?: (code: string) => string }) {
  const { label, table, word } = useForm();
  const entries = table(name)?.entries ?? [];
  const other = table(name)?.other ?? null;
  return (
    <>
      <Labelled name={name} hint={hint}>
        <div className={css.chips} role="group" aria-label={label(name)}>
          {entries.map((entry) => <Chip key={entry.code} name={`${name}/${entry.code}`} word={word(entry)} tone={tone?.(entry.code)} />)}
        </div>
      </Labelled>
      {other !== null && <OtherOf name={name} code={other} />}
    </>
  );
}

function Chip({ name, word, tone }: { name: string; word: string; tone: string | undefined }) {
  const sheet = useWriting();
  const on = useValue(sheet, name) === true;
  return <button type="button" className={classes(part.choice, tone)} aria-pressed={on} onClick={() => sheet.put(name, on ? undefined : true)} data-testid={`chip-${name}`}>{titled(word)}</button>;
}

function OtherOf({ name, code }: { name: string; code: string }) {
  const chosen = useValue(useWriting(), `${name}/${code}`) === true;
  return <Other name={name} chosen={chosen} />;
}

/** The words "other" asks for. */
function Other({ name, chosen }: { name: string; chosen: boolean }) {
  const { field } = useForm();
  return chosen && field(`${name}_other`) ? <Line name={`${name}_other`} /> : null;
}

/** A text in one line. */
export function Line({ name, number }: { name: string; number?: boolean }) {
  const sheet = useWriting();
  const { field } = useForm();
  const text = useText(sheet, name);
  const put = (typed: string) => {
    text.type(typed);
    sheet.put(name, typed === '' ? undefined : typed);
  };
  return (
    <Labelled name={name} as="label">
      <input className={css.line} value={text.typed} maxLength={field(name)?.max || undefined} inputMode={number ? 'numeric' : 'text'} onChange={(event) => put(event.target.value)} onBlur={() => void sheet.flush()} data-testid={`field-${name}`} />
    </Labelled>
  );
}

/** The text of an input, its own so that a keystroke draws one field and not the page. */
export function useText(sheet: Fields, key: string): { typed: string; type(text: string): void } {
  const value = useValue(sheet, key);
  const [typed, type] = useState(() => (value === undefined || value === null ? '' : String(value)));
  return { typed, type };
}
