// Fields one taps: yes or no, a code, an area, several codes.
import { Button, Select } from 'antd';
import { useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useAnswer, type FieldEdit, type Shown, type Value } from '../../api';
import { useLook } from '../../look';
import { helped, titled } from '../../text';
import { useFile } from './edit';
import { classes } from '../../style/classes';
import part from '../../parts/choice.module.css';
import css from './child.module.css';

/** More entries than this stand in a list one searches. */
export const LARGE = 8;
const UNKNOWN = '?';

type Props = { shown: Shown; name: string; close(next: boolean): void };
type Option = { value: string; label: string };

function useOptions(shown: Shown): Option[] {
  const { t } = useTranslation();
  const { look } = useLook();
  const { table } = useFile();
  const posts = useAnswer('roster.posts', {}, shown.kind === 'area');
  // where somebody is registered may be far from the district
  const country = useAnswer('places', {}, shown.key === 'hukou_area');
  const near = [...new Map((posts.data ?? []).flatMap(({ area, unit }) => (area && area.slice(9) !== '000' ? [[area, unit] as const] : [])))];
  const codes: Option[] = shown.kind === 'yes'
    ? [{ value: 'true', label: t('child.yes') }, { value: 'false', label: t('child.no') }]
    : shown.kind === 'area' ? [...near.map(([value, label]) => ({ value, label })), ...(country.data ?? []).map(({ code, name }) => ({ value: code, label: name }))]
      : (table(shown.code)?.entries ?? []).map((entry) => ({ value: entry.code, label: look.language === 'zh' ? entry.name : entry.en }));
  return shown.unknown && !codes.some(({ label }) => titled(label) === t('words.unknown')) ? [...codes, { value: UNKNOWN, label: t('words.unknown') }] : codes;
}

function asAnswer(shown: Shown, picked: string): Value {
  if (picked === UNKNOWN) return null;
  return shown.kind === 'yes' ? picked === 'true' : picked;
}

/** What stands, as an option; `undefined` when nothing does. */
function standing({ cell }: Shown): string | undefined {
  if (!cell || cell.masked) return undefined;
  return cell.value === null ? UNKNOWN : String(cell.value);
}

function usePick({ shown, name, close }: Props) {
  const { save } = useFile();
  return async (picked: string | undefined) => {
    if (picked === standing(shown)) return close(true);
    const edit: FieldEdit = picked === undefined ? { clear: { key: shown.key } } : { set: { key: shown.key, value: asAnswer(shown, picked) } };
    const said = await save([edit], { name });
    if (said?.saved.includes(shown.key)) close(true);
  };
}

/** Few answers: each a button; number keys pick as well. */
export function Choices(props: Props) {
  const { t } = useTranslation();
  const options = useOptions(props.shown);
  const pick = usePick(props);
  const now = standing(props.shown);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    (box.current?.querySelector<HTMLElement>('[aria-checked="true"]') ?? box.current?.querySelector<HTMLElement>('button'))?.focus();
  }, []);
  const keys = (event: KeyboardEvent) => {
    const all = [...(box.current?.querySelectorAll<HTMLElement>('button') ?? [])];
    const at = all.indexOf(document.activeElement as HTMLElement);
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (event.key === 'Escape') props.close(false);
    else if (step !== undefined) all[(at + step + all.length) % all.length]?.focus();
    else if (/^[1-9]$/.test(event.key) && options[Number(event.key) - 1]) void pick(options[Number(event.key) - 1]?.value);
    else return;
    event.preventDefault();
  };
  return (
    <div ref={box} className={css.choices} role="radiogroup" aria-label={props.name} onKeyDown={keys}>
      {options.map(({ value, label }) => (
        <button key={value} type="button" role="radio" aria-checked={value === now} className={classes(part.choice, value === UNKNOWN && part.soft)} onClick={() => void pick(value)}>{titled(label)}</button>
      ))}
      {now !== undefined && <Button type="text" size="small" onClick={() => void pick(undefined)}>{t('child.clear')}</Button>}
      {props.shown.help && <div className="finding quiet" style={{ width: '100%' }}>{helped(props.shown)}</div>}
    </div>
  );
}

const DOWN = { bottomLeft: { points: ['tl', 'bl'], offset: [0, 4], overflow: { adjustX: true, adjustY: false } } };

/** How high a list of answers is where there is room, how low it may get, and what the status line takes; in pixels. */
const LIST = { most: 256, least: 120, edge: 64 };

/** Many answers: a list one searches by typing. It opens downwards, below its label; for that the field goes up where need be. */
export function Picker({ left, ...props }: Props & { left(): void }) {
  const { t } = useTranslation();
  const options = useOptions(props.shown);
  const pick = usePick(props);
  const box = useRef<HTMLDivElement>(null);
  const [room, setRoom] = useState<number>();
  useLayoutEffect(() => {
    const below = () => window.innerHeight - LIST.edge - (box.current?.getBoundingClientRect().bottom ?? 0);
    if (below() < LIST.most) box.current?.closest('[data-key]')?.scrollIntoView({ block: 'start' });
    setRoom(Math.max(LIST.least, Math.min(LIST.most, below())));
  }, []);
  return (
    <div ref={box} className={css.editor} onKeyDownCapture={(event) => { if (event.key === 'Escape') { event.stopPropagation(); props.close(false); } }}>
      {room !== undefined && <Select
        defaultOpen autoFocus allowClear showSearch={{ optionFilterProp: 'label' }} options={options} defaultValue={standing(props.shown)} placeholder={t('child.search')} aria-label={props.name}
        style={{ width: '100%' }} onChange={(picked: string | undefined) => void pick(picked)} onBlur={left} popupMatchSelectWidth={false} listHeight={room} builtinPlacements={DOWN}
      />}
    </div>
  );
}

/** Another answer than two people gave. */
export function Another({ shown, name, busy, pick }: { shown: Shown; name: string; busy: boolean; pick(value: Value): void }) {
  const { t } = useTranslation();
  const options = useOptions(shown);
  const take = (picked: string) => pick(asAnswer(shown, picked));
  if (options.length > LARGE) return <Select defaultOpen autoFocus disabled={busy} showSearch={{ optionFilterProp: 'label' }} options={options} placeholder={t('child.search')} aria-label={name} style={{ width: '100%' }} onChange={take} />;
  return (
    <div className={css.choices} role="group" aria-label={name}>
      {options.map(({ value, label }, at) => <button key={value} type="button" className={part.choice} autoFocus={at === 0} disabled={busy} onClick={() => take(value)}>{titled(label)}</button>)}
    </div>
  );
}

/** Several answers: each tap is saved at once. */
export function Members({ shown, name, close }: Props) {
  const { t } = useTranslation();
  const { save } = useFile();
  const options = useOptions({ ...shown, unknown: false });
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    box.current?.querySelector<HTMLElement>('button')?.focus();
  }, []);
  const flip = (code: string, label: string) => {
    const key = `${shown.key}/${code}`;
    const there = shown.members.some((member) => member.code.code === code);
    void save([there ? { clear: { key } } : { set: { key, value: true } }], { name: `${name} · ${label}` });
  };
  return (
    <div ref={box} className={css.choices} role="group" aria-label={name} onKeyDown={(event) => event.key === 'Escape' && close(false)}>
      {options.map(({ value, label }) => (
        <button key={value} type="button" className={part.choice} aria-pressed={shown.members.some((member) => member.code.code === value)} onClick={() => flip(value, label)}>{titled(label)}</button>
      ))}
      <Button type="text" onClick={() => close(true)} data-testid="members-done">{t('words.ok')}</Button>
    </div>
  );
}
