// One field: its label, what stands there, and the input it becomes when it is clicked, or opened with Enter or F2.
import { EditOutlined } from '@ant-design/icons';
import { useLayoutEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useCoded, useSaid } from '../../parts/coded';
import type { Shown } from '../../api';
import { spoken } from '../../text';
import { Choices, LARGE, Members, Picker } from './Choices';
import { Differs } from './Differs';
import { filled, useFile } from './edit';
import { Reveal } from './Reveal';
import { Typing } from './Typing';
import { classes } from '../../style/classes';
import css from './child.module.css';

/** Whether hands may write it here: not what the program fills, nor what only an assessment sets. */
const writable = (shown: Shown) => !shown.computed && shown.merge !== 'higher' && !['ref', 'files', 'time', 'rows'].includes(shown.kind);

/** Puts the focus on the next field that can be opened, as paper would. */
function focusNext(from: HTMLElement | null) {
  const all = [...document.querySelectorAll<HTMLElement>('[data-edit]')];
  all.find((one) => from && (from.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0 && !from.contains(one))?.focus();
}

/** `still`: shown only, for a second place on the page. `lead`: another label, and what stands before the value: whose telephone it is. */
export function Field({ shown, path, still, lead }: { shown: Shown; path?: string; still?: boolean; lead?: { label: string; text: string } }) {
  const { t } = useTranslation();
  const { file, label, table, findings } = useFile();
  const [editing, setEditing] = useState(false);
  const [shownWhole, setShownWhole] = useState<string>();
  const root = useRef<HTMLDivElement>(null);
  const may = !still && file.card.may.includes('edit') && writable(shown);
  const name = label(shown);
  const full = path ? `${path} · ${name}` : name;
  // 必填 beside the label says already what is missing
  const about = still ? [] : findings(shown.key).filter((finding) => !(finding.missing && shown.need === 'must' && !filled(shown)));
  const id = still ? `still-${shown.key}` : `value-${shown.key}`;
  const close = (next: boolean) => {
    setEditing(false);
    // after the button stands there again
    requestAnimationFrame(() => (next ? focusNext(root.current) : root.current?.querySelector<HTMLElement>('[data-edit]')?.focus()));
  };
  const left = () => setEditing(false);
  const keys = (event: KeyboardEvent) => {
    if (event.key !== 'F2') return;
    event.preventDefault();
    setEditing(true);
  };
  const wide = shown.kind === 'long_text' || (shown.cell?.differs && !still);
  const open = editing && may;
  const floats = open && floating(shown, table(shown.code)?.entries.length ?? 0);
  const editor = open && <Editor shown={shown} name={full} close={close} left={left} />;
  return (
    <div ref={root} className={classes(css.field, wide && css.wide)} data-key={still ? undefined : shown.key} data-testid={still ? undefined : `field-${shown.key}`}>
      <div className={css.fieldLabel}>{lead?.label ?? name}{!still && shown.need === 'must' && !filled(shown) && <span className={css.must} data-must>{t('child.must')}</span>}</div>
      {shown.cell?.differs && !still ? <Differs shown={shown} /> : open && !floats ? editor : (
        <div className={css.fieldValue}>
          {may ? (
            <button type="button" className={css.val} data-edit onClick={() => setEditing(true)} onKeyDown={keys} aria-label={t('child.edit', { name: full })} aria-describedby={id}>
              <Standing shown={shown} whole={shownWhole} id={id} />
              <EditOutlined className={css.pencil} aria-hidden />
            </button>
          ) : <span className={css.val}>{lead?.text && <span className={css.text}>{lead.text}</span>}<Standing shown={shown} whole={shownWhole} id={id} /></span>}
          {shown.cell?.differs && <span className="tag blue">{t('child.two_short')}</span>}
          {shown.cell?.masked && !(still && shown.cell.differs) && <Reveal child={file.card.child} shownKey={shown.key} name={full} whole={shownWhole} show={setShownWhole} />}
        </div>
      )}
      {floats && <Floating leave={left}>{editor}</Floating>}
      {about.map((finding) => <div key={finding.text} className={finding.missing || finding.level === 'yellow' ? 'finding yellow' : 'finding red'}>{spoken(finding)}</div>)}
    </div>
  );
}

/** Few answers stand over the page; a long list and what is typed stand in the field. */
const floating = ({ kind }: Shown, entries: number) => kind === 'codes' || kind === 'yes' || (kind === 'code' && entries <= LARGE);

/** What would stick out at the right is drawn in, what is below the edge is scrolled to. */
function Floating({ leave, children }: { leave(): void; children: ReactNode }) {
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const page = document.getElementById('page');
    if (!box.current || !page) return;
    const over = box.current.getBoundingClientRect().right + 16 - page.getBoundingClientRect().right;
    if (over > 0) box.current.style.marginLeft = `${-over}px`;
    box.current.scrollIntoView({ block: 'nearest' });
  }, []);
  // a press on a button must not take the focus away first: WebKit gives it to nobody
  return <div ref={box} className={css.float} onMouseDown={(event) => event.preventDefault()} onBlur={(event) => { if (!event.currentTarget.contains(event.relatedTarget)) leave(); }}>{children}</div>;
}

function Standing({ shown, whole, id }: { shown: Shown; whole: string | undefined; id: string }) {
  const { t } = useTranslation();
  const coded = useCoded();
  const said = useSaid();
  if (shown.members.length > 0) return <span id={id} className={css.members}>{shown.members.map(({ key, code }) => <span className="tag" key={key}>{coded(shown.code, code)}</span>)}</span>;
  const text = whole ?? said(shown);
  return <span id={id} className={text === '' ? css.nothing : shown.kind === 'long_text' ? classes(css.text, css.long) : css.text}>{text || t('child.empty')}</span>;
}

function Editor({ shown, name, close, left }: { shown: Shown; name: string; close(next: boolean): void; left(): void }) {
  const { table } = useFile();
  const entries = table(shown.code)?.entries.length ?? 0;
  switch (shown.kind) {
    case 'codes':
      return <Members shown={shown} name={name} close={close} />;
    case 'yes':
      return <Choices shown={shown} name={name} close={close} />;
    case 'code':
      return floating(shown, entries) ? <Choices shown={shown} name={name} close={close} /> : <Picker shown={shown} name={name} close={close} left={left} />;
    case 'area':
      return <Picker shown={shown} name={name} close={close} left={left} />;
    default:
      return <Typing shown={shown} name={name} close={close} left={left} />;
  }
}
