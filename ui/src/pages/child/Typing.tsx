// A field one types into. Saved on Enter and on leaving; while typing pauses as well, so that a dead battery takes nothing.
import { CalendarOutlined } from '@ant-design/icons';
import { Button, Input } from 'antd';
import { lazy, Suspense, useEffect, useRef, useState, type FocusEvent, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { FieldEdit, Finding, Shown, Value } from '../../api';
import { composing } from '../../parts/keys';
import { helped } from '../../text';
import { refusals, useFile } from './edit';
import { asTyped, asValue } from './typed';
import css from './child.module.css';

const Calendar = lazy(() => import('./Calendar'));

/** Words are whole at any pause; half a number is a wrong one, so it waits longer. */
const PAUSE_MS = { words: 1500, numbers: 15_000 };

type Props = { shown: Shown; name: string; close(next: boolean): void; left(): void };

export function Typing({ shown, name, close, left }: Props) {
  const { t } = useTranslation();
  const { today, forms, label } = useFile();
  const { typed, type, red, finish, answer, keepDoubtful, drop, composition } = useTyping({ shown, name, close, left });
  const [picking, setPicking] = useState(false);
  // 号码存疑 stands beside the message that names it
  const doubt = shown.key === 'id_no' ? forms?.forms.find(({ id }) => id === shown.form)?.fields.find(({ key }) => key === 'id_suspect') : undefined;
  const long = shown.kind === 'long_text';
  const keys = (event: KeyboardEvent) => {
    if (composing(event)) return;
    if (event.key === 'Escape') {
      event.stopPropagation();
      drop();
    } else if (event.key === 'Enter' && (!long || event.ctrlKey) && !event.shiftKey) {
      event.preventDefault();
      void finish(true);
    } else if (event.key === 's' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      void finish(false, true);
    }
  };
  const out = (event: FocusEvent) => {
    if (!picking && !event.currentTarget.contains(event.relatedTarget)) void finish(false);
  };
  const common = {
    value: typed, autoFocus: true, onKeyDown: keys, 'aria-label': name, 'aria-invalid': red.length > 0, ...composition,
    placeholder: shown.cell?.masked ? t('child.new_number') : shown.kind === 'day' ? t('child.day_hint') : undefined,
  };
  return (
    <div className={css.editor} onBlur={out}>
      {long
        ? <Input.TextArea {...common} onFocus={(event) => event.target.setSelectionRange(event.target.value.length, event.target.value.length)} autoSize={{ minRows: 3, maxRows: 14 }} maxLength={shown.max || undefined} onChange={(event) => type(event.target.value)} />
        : (
          <Input
            {...common} onChange={(event) => type(event.target.value)} status={red.length > 0 ? 'error' : ''} inputMode={['tel', 'int', 'money', 'decimal', 'day', 'month'].includes(shown.kind) ? 'decimal' : 'text'}
            suffix={shown.kind === 'money' ? t('child.yuan') : shown.kind === 'day' ? (
              <button type="button" className={css.pick} tabIndex={-1} aria-label={t('child.choose')} onMouseDown={(event) => event.preventDefault()} onClick={() => setPicking(true)}><CalendarOutlined /></button>
            ) : undefined}
          />
        )}
      {picking && <Suspense fallback={null}><Calendar from={dayOr(shown, today)} hide={() => setPicking(false)} picked={(day) => void answer(day)} /></Suspense>}
      {red.map(({ text }) => <div key={text} className="finding red" role="alert">{text}</div>)}
      {doubt && red.some(({ text }) => text.includes(doubt.title)) && <Button size="small" onMouseDown={(event) => event.preventDefault()} onClick={() => void keepDoubtful()} data-testid="keep-doubtful">{label(doubt)}</Button>}
      {red.length > 0 && <div className="finding quiet">{t('child.not_saved')}</div>}
      {shown.cell?.masked && <div className="finding quiet num">{t('child.now_is', { text: shown.cell.text })}</div>}
      {shown.help && <div className="finding quiet">{helped(shown)}</div>}
      <div className={css.editorMore}>
        {shown.unknown && <Button size="small" onMouseDown={(event) => event.preventDefault()} onClick={() => void answer(null)} data-testid="answer-unknown">{t('words.unknown')}</Button>}
        {shown.cell && shown.cell.text !== '' && <Button size="small" type="text" onMouseDown={(event) => event.preventDefault()} onClick={() => void answer(undefined)} data-testid="answer-clear">{t('child.clear')}</Button>}
      </div>
    </div>
  );
}

/** Where the calendar opens: a whole day that stands, or today. */
function dayOr({ cell }: Shown, today: string): string {
  return typeof cell?.value === 'string' && cell.value.length === today.length ? cell.value : today;
}

/** What is typed, what of it the disk has, and what Rust says about it. */
function useTyping({ shown, name, close, left }: Props) {
  const { save, tell } = useFile();
  const [typed, setTyped] = useState(() => asTyped(shown.kind, shown.cell));
  const [red, setRed] = useState<Finding[]>([]);
  const [composed, setComposed] = useState(false);
  // what outlives a render: the text on the disk, the saves of this sitting, whether the sitting is over
  const kept = useRef({ typed, stood: typed, saves: 0, over: false, before: before(shown) });

  async function write(value: Value | undefined, quietly: boolean): Promise<boolean> {
    const { before, saves } = kept.current;
    const edit: FieldEdit = value === undefined ? { clear: { key: shown.key } } : { set: { key: shown.key, value } };
    const said = await save([edit], { name, quietly, instead: saves > 0 ? before : undefined });
    if (said?.saved.includes(shown.key)) {
      kept.current.saves += 1;
      return true;
    }
    if (said && !quietly) setRed(refusals(said));
    return false;
  }

  async function commit(quietly: boolean): Promise<boolean> {
    const text = kept.current.typed;
    if (text === kept.current.stood) return true;
    if (!(await write(asValue(shown.kind, text), quietly))) return false;
    kept.current.stood = text;
    return true;
  }

  /** Ends the sitting when all is on the disk; stays open with what was typed when it is not. */
  async function finish(next: boolean, stay = false) {
    const { saves, typed: text, stood, before } = kept.current;
    if (text === stood && saves > 0 && before) tell(name, shown.key, before);
    if (!(await commit(false)) || stay || kept.current.over || kept.current.typed !== kept.current.stood) return;
    kept.current.over = true;
    if (next) close(true);
    else left();
  }

  /** The document really says so: both in one act. */
  async function keepDoubtful() {
    const value = asValue(shown.kind, kept.current.typed);
    if (value === undefined) return;
    const said = await save([{ set: { key: 'id_suspect', value: true } }, { set: { key: shown.key, value } }], { name });
    if (!said?.saved.includes(shown.key)) return setRed(said ? refusals(said) : []);
    kept.current.over = true;
    close(true);
  }

  async function answer(value: Value | undefined) {
    if (!(await write(value, false))) return;
    kept.current.over = true;
    close(true);
  }

  const type = (text: string) => {
    kept.current.typed = text;
    setTyped(text);
    setRed([]);
  };
  const latest = useRef(commit);
  useEffect(() => {
    latest.current = commit;
  });
  useEffect(() => {
    if (composed || typed === kept.current.stood) return;
    const pause = shown.kind === 'text' || shown.kind === 'long_text' ? PAUSE_MS.words : PAUSE_MS.numbers;
    const timer = setTimeout(() => void latest.current(true), pause);
    return () => clearTimeout(timer);
  }, [typed, composed, shown.kind]);
  useEffect(() => {
    const sitting = kept.current;
    // another page was opened while typing: what stands in the input still goes to the disk
    return () => {
      if (!sitting.over && sitting.typed !== sitting.stood) void latest.current(true);
    };
  }, []);
  const drop = () => {
    kept.current.over = true;
    close(false);
  };
  return { typed, type, red, finish, answer, keepDoubtful, drop, composition: { onCompositionStart: () => setComposed(true), onCompositionEnd: () => setComposed(false) } };
}

/** The edit that brings back what stands now; nothing where it is not shown whole. */
function before({ key, cell }: Shown): FieldEdit[] | undefined {
  if (cell?.masked) return undefined;
  return cell ? [{ set: { key, value: cell.value } }] : [{ clear: { key } }];
}
