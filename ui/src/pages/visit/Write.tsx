// 走访: the ninety-second note, in the order of the paper form.
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { App, Button } from 'antd';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call, type Completed, type Fault } from '../../api';
import { Elsewhere } from '../../parts/Elsewhere';
import { tell } from '../../parts/fault';
import { useEverybody } from '../../parts/everybody';
import { useShutNames } from '../../parts/names';
import { ownFields } from '../../parts/own';
import { add } from '../../parts/photos/adding';
import { Photos } from '../../parts/photos/Photos';
import { meantElsewhere } from '../../parts/keys';
import { Trouble, Waiting } from '../../parts/standing';
import { clock } from '../../parts/time';
import { helped } from '../../text';
import { Aspects, hazardTone } from './Aspects';
import { Completion } from './Completion';
import { Finish } from './Finish';
import { Chips, useForm, useWriting, Writing } from './form';
import { More } from './More';
import { useSheet, useStands, type Sheet } from '../../parts/sheet';
import { When, Whom } from './When';
import { Words } from './Words';
import { announce } from '../../parts/announce';
import part from '../../parts/choice.module.css';
import css from './visit.module.css';

export default function Write() {
  const { draft } = useParams({ strict: false }) as { draft: string };
  // from 写好了 the next child's draft is opened in the same place
  return <Draft key={draft} draft={draft} />;
}

function Draft({ draft }: { draft: string }) {
  const { sheet, fault, again } = useSheet(draft);
  const [done, setDone] = useState<Completed | null>(null);
  const { ready } = useForm();
  if (done) return <Completion done={done} />;
  if (fault) return <Ended fault={fault} draft={draft} />;
  if (!sheet || !ready) return <Waiting />;
  return <Page key={sheet.opened} sheet={sheet} again={again} done={setDone} />;
}

/** A draft that is not there any more: what it became is one step away. */
function Ended({ fault, draft }: { fault: Fault; draft: string }) {
  const { t } = useTranslation();
  return <Trouble fault={fault}>{fault.code === 'draft_finished' && <Link to="/visit/$visit" params={{ visit: draft }} className={css.go}>{t('parts.draft.see')}</Link>}</Trouble>;
}

function Page({ sheet, again, done }: { sheet: Sheet; again(): void; done(what: Completed): void }) {
  const { t } = useTranslation();
  // said once, when the page is opened: what was here before
  const [before] = useState(() => (Object.keys(sheet.values).includes('note') ? sheet.standing.saved : null));
  const [child, show] = useState('');
  const children = useStands(sheet, ({ children }) => children);
  const whose = children.length > 1 && children.includes(child) ? child : '';
  const fields = useMemo(() => (whose === '' ? sheet : ownFields(sheet, whose)), [sheet, whose]);
  useKeys(sheet);
  return (
    <div data-testid="write">
      <Writing.Provider value={sheet}>
        <div className={css.writeHead}>
          <h1>{t('visit.title')}</h1>
          <Whom />
          <Leave sheet={sheet} />
        </div>
        <Elsewhere sheet={sheet} again={again} />
        {before !== null && <p className={css.recovered} role="status">{t('visit.recovered', { time: clock(before) })}</p>}
      </Writing.Provider>
      <div className={css.writeBody}>
        <div className="stack">
          {children.length > 1 && <Whose children={children} whose={whose} show={show} />}
          <Writing.Provider value={fields}>
            <Parts key={whose} />
          </Writing.Provider>
        </div>
        <Writing.Provider value={sheet}><Finish sheet={sheet} show={show} done={done} /></Writing.Provider>
      </div>
    </div>
  );
}

/** Written for all children, or for one alone: it begins alike. */
function Whose({ children, whose, show }: { children: string[]; whose: string; show(child: string): void }) {
  const { t } = useTranslation();
  const names = useNamesOf(children);
  return (
    <div className="stack" role="group" aria-label={t('visit.whose')} data-testid="whose">
      <div className="row">
        <button type="button" className={part.choice} aria-pressed={whose === ''} onClick={() => show('')} data-testid="whose-all">{t('visit.whose_all', { n: children.length })}</button>
        {children.map((child) => <button key={child} type="button" className={part.choice} aria-pressed={whose === child} onClick={() => show(child)} data-testid={`whose-${child}`}>{t('visit.whose_one', { name: names.get(child) ?? '' })}</button>)}
      </div>
      <span className="quiet">{whose === '' ? t('visit.whose_all_hint') : t('visit.whose_one_hint', { name: names.get(whose) ?? '' })}</span>
    </div>
  );
}

function useNamesOf(children: string[]): Map<string, string> {
  const all = useEverybody();
  const shut = useShutNames();
  return new Map((all.error ? shut : all.cards).filter(({ child }) => children.includes(child)).map(({ child, name }) => [child, name]));
}

function Parts() {
  const { t } = useTranslation();
  return (
    <>
      <section className="panel stack" aria-label={t('visit.when')}><When /></section>
      <section className="panel stack"><Aspects /></section>
      <section className="panel stack"><h2>{t('visit.words')}</h2><Words /><Chips name="hazard" tone={hazardTone} /><Chips name="needs" /></section>
      <section className="panel"><Pictures /></section>
      <More />
    </>
  );
}

function Pictures() {
  const { t } = useTranslation();
  const { field } = useForm();
  const { draft, child } = useWriting();
  const place = useMemo(() => ({ draft, ...(child !== '' && { child }) }), [draft, child]);
  const attach = field('attach');
  return <Photos place={place} field="attach" label={t('photos.title')} hint={attach && helped(attach)} may anywhere />;
}

/** Ctrl+S says it is saved, Ctrl+Enter finishes. */
function useKeys(sheet: Sheet) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  useEffect(() => {
    const key = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.isComposing || meantElsewhere(event)) return;
      if (event.key === 's') {
        event.preventDefault();
        void sheet.flush().then((there) => there && announce(message).success(t('words.saved'), 2));
      } else if (event.key === 'Enter') {
        event.preventDefault();
        document.querySelector<HTMLElement>('[data-testid="complete"]')?.click();
      }
    };
    window.addEventListener('keydown', key);
    return () => window.removeEventListener('keydown', key);
  }, [sheet, message, t]);
}

/** To stop for now, which keeps everything; and to delete the draft, which can be taken back for a while. */
function Leave({ sheet }: { sheet: Sheet }) {
  const { t } = useTranslation();
  const go = useNavigate();
  const { message } = App.useApp();
  async function stop() {
    if (await sheet.flush()) {
      void announce(message).success(t('visit.stopped'), 3);
      await go({ to: '/visits' });
    }
  }
  async function discard() {
    const { children } = sheet.standing;
    const values = { ...sheet.values };
    try {
      const pictures = await sheet.discard();
      await go({ to: '/visits' });
      const back = async () => {
        message.destroy('dropped');
        const { draft } = await call('draft.save', { children, values });
        for (const picture of pictures) add({ draft, ...(picture.child !== undefined && { child: picture.child }) }, picture.field, [picture]);
        await go({ to: '/visit/write/$draft', params: { draft } });
      };
      void message.open({ key: 'dropped', type: 'info', duration: 10, content: <span>{t('visit.dropped')} <Button type="link" size="small" onClick={() => void back()}>{t('words.undo')}</Button></span> });
    } catch (thrown) {
      tell(message, thrown);
    }
  }
  return (
    <span className="row">
      <Button type="text" onClick={() => void stop()} data-testid="stop">{t('visit.stop')}</Button>
      <Button type="text" onClick={() => void discard()} data-testid="discard">{t('visit.discard')}</Button>
    </span>
  );
}
