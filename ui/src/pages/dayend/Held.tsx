// 待认领: what the centre keeps because its author had the child no longer. Taken into the file, sent back with a reason, or only kept.
import { CheckOutlined, InboxOutlined, RollbackOutlined, UndoOutlined } from '@ant-design/icons';
import { Link } from '@tanstack/react-router';
import { App, Button, Input } from 'antd';
import { useRef, useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { call, queries, useAnswer, type HeldDeed, type HeldWork } from '../../api';
import { tell } from '../../parts/fault';
import { onEnter } from '../../parts/keys';
import { savedNow } from '../../parts/saved';
import { Trouble } from '../../parts/standing';
import { clock } from '../../parts/time';
import { spoken } from '../../text';
import { last, useDeeds, type Settled } from './deeds';
import { line, useWanted, wantLine } from './lines';
import { classes } from '../../style/classes';
import css from './dayend.module.css';

/** So many lines of what was written are shown before it is unfolded. */
const WRITTEN = 4;
/** The longest reason the core takes. */
const REASON = 100;

export function Held({ items }: { /** How many single things wait, as the sum counts them. */ items: number }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const deeds = useDeeds();
  const found = useAnswer('held.list', {});
  const [unfolded, setUnfolded] = useState(false);
  const all = found.data ?? [];
  const open = all.filter(({ standing }) => standing === 'open');
  const settled = all.filter(({ standing }) => standing !== 'open');
  const done = deeds.all.filter((deed): deed is Settled => deed.kind === 'settled');
  useWanted('held', found.data);

  async function settle(work: HeldWork, deed: HeldDeed, reason?: string): Promise<boolean> {
    try {
      await call('held.settle', { device: work.device, record: work.record, deed, ...(reason === undefined ? {} : { reason }) });
      savedNow();
      await queries.invalidateQueries({ queryKey: ['held.list'] });
      if (deed !== 'reopen') deeds.did({ kind: 'settled', work, deed });
      return true;
    } catch (thrown) {
      tell(message, thrown);
      return false;
    }
  }

  if (found.error) return <Trouble part fault={found.error} again={() => void found.refetch()} />;
  if (all.length + done.length === 0) return null;
  return (
    <section className={classes('panel', css.dayendPart, css.heldWorks)} aria-label={t('held.title')} data-testid="held">
      <h2><InboxOutlined aria-hidden /> {t('held.title')} {open.length > 0 && <span className="quiet num">{t('held.n', { n: open.length, items })}</span>}</h2>
      {open.length > 0 && <p className="quiet">{t('held.hint')}</p>}
      {open.map((work) => <Work key={work.device + work.record} work={work} settle={settle} />)}
      {done.map((deed, nth) => (
        <div key={`${deed.work.device} ${deed.work.record} ${nth}`} className={css.dayendPicked} role="status">
          <span className="grow">{t(deed.deed === 'take' && deed.work.unfinished ? 'held.did_keep' : `held.did_${deed.deed}`, { name: deed.work.name || t('held.found'), person: deed.work.who.person })}</span>
          {deed.deed !== 'take' && (
            <Button size="small" icon={<UndoOutlined />} onClick={() => void deeds.takeBack(deed)} data-testid="held-undo">
              {deed === last(deeds.all) && <kbd>Z</kbd>}{t('words.undo')}
            </Button>
          )}
        </div>
      ))}
      {settled.length > 0 && (
        <button type="button" className={css.dayendFold} aria-expanded={unfolded} onClick={() => setUnfolded(!unfolded)}><CheckOutlined aria-hidden /> {t('held.settled', { n: settled.length })}</button>
      )}
      {unfolded && settled.map((work) => <Kept key={work.device + work.record + work.standing} work={work} reopen={() => void settle(work, 'reopen')} />)}
    </section>
  );
}

function Work({ work, settle }: { work: HeldWork; settle(work: HeldWork, deed: HeldDeed, reason?: string): Promise<boolean> }) {
  const { t } = useTranslation();
  const box = useRef<HTMLElement>(null);
  const [asking, ask] = useState<'take' | 'return'>();
  const [why, setWhy] = useState('');
  const [busy, setBusy] = useState(false);
  const reason = why.trim();
  async function deal(deed: HeldDeed) {
    if (busy || (deed === 'return' && reason === '')) return;
    setBusy(true);
    wantLine(box.current);
    if (!(await settle(work, deed, deed === 'return' ? reason : undefined))) wantLine(null);
    setBusy(false);
  }
  const close = () => {
    ask(undefined);
    box.current?.focus();
  };
  const keys = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && asking) close();
  };
  return (
    <article ref={box} {...line('held', `${work.device} ${work.record}`)} className={css.heldWork} onKeyDown={keys} aria-label={`${work.name || t('held.found')} ${spoken(work.form)}`} data-testid="held-work">
      <Head work={work} />
      <Written lines={work.written} />
      <p className={css.heldWhy}>{spoken(work.why)}</p>
      {asking === undefined && (
        <div className={css.heldDo}>
          {work.may_take && <Button icon={<CheckOutlined />} onClick={() => ask('take')} disabled={busy} data-testid="held-take">{t(work.unfinished ? 'held.keep' : 'held.take')}</Button>}
          <Button type="text" icon={<RollbackOutlined />} onClick={() => ask('return')} disabled={busy} data-testid="held-return">{t('held.return')}</Button>
          <Button type="text" onClick={() => void deal('shelve')} loading={busy} data-testid="held-shelve">{t('held.shelve')}</Button>
        </div>
      )}
      {asking === 'take' && (
        <div className={css.heldDo}>
          <span className="grow">{t(work.unfinished ? 'held.sure_keep' : 'held.sure', { name: work.name || t('held.found'), person: work.who.person })}</span>
          <Button type="primary" autoFocus onClick={() => void deal('take')} loading={busy} data-testid="held-take-sure">{t(work.unfinished ? 'held.keep' : 'held.take')}</Button>
          <Button type="text" onClick={close}>{t('held.cancel')}</Button>
        </div>
      )}
      {asking === 'return' && (
        <div className={css.heldDo}>
          <Input autoFocus value={why} maxLength={REASON} placeholder={t('held.why')} aria-label={t('held.why')} onChange={(event) => setWhy(event.target.value)} onKeyDown={(event) => onEnter(() => void deal('return'))(event)} data-testid="held-why" />
          <Button type="primary" disabled={reason === ''} loading={busy} onClick={() => void deal('return')} data-testid="held-send">{t('held.return')}</Button>
        </div>
      )}
    </article>
  );
}

function Head({ work: { child, name, form, who, photos } }: { work: HeldWork }) {
  const { t } = useTranslation();
  return (
    <div className={css.dayendVisitTop}>
      {name ? <Link to="/child/$child" params={{ child }} className={css.dayendVisitName}>{name}</Link> : <strong>{t('held.found')}</strong>}
      <span className="quiet num clip grow">{spoken(form)} · {who.person} · {clock(who.at)}{photos > 0 && ` · ${t('held.photos', { n: photos })}`}</span>
    </div>
  );
}

function Written({ lines }: { lines: HeldWork['written'] }) {
  const { t } = useTranslation();
  const [whole, setWhole] = useState(false);
  const shown = whole ? lines : lines.slice(0, WRITTEN);
  return (
    <>
      <ul className={css.heldWritten}>{shown.map((line, n) => <li key={n}>{spoken(line)}</li>)}</ul>
      {lines.length > shown.length && <button type="button" className={css.dayendFold} onClick={() => setWhole(true)}>{t('held.whole', { n: lines.length - shown.length })}</button>}
    </>
  );
}

/** What was decided on before; it can still be taken back. */
function Kept({ work, reopen }: { work: HeldWork; reopen(): void }) {
  const { t } = useTranslation();
  const by = work.settled ? { person: work.settled.person, time: clock(work.settled.at) } : { person: '', time: '' };
  return (
    <article className={css.heldWork} data-testid="held-kept">
      <Head work={work} />
      <Written lines={work.written} />
      <div className={css.heldDo}>
        <span className="grow quiet">{t(work.standing === 'returned' ? 'held.returned_by' : 'held.shelved_by', by)}{work.reason && t('held.because', { reason: work.reason })}</span>
        <Button size="small" icon={<UndoOutlined />} onClick={reopen} data-testid="held-reopen">{t('words.undo')}</Button>
      </div>
    </article>
  );
}
