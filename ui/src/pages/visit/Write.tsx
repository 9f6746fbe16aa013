// 走访: the ninety-second note, in the order of the paper form.
import { useNavigate, useParams } from '@tanstack/react-router';
import { App, Button } from 'antd';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { asFault, call, type Completed } from '../../api';
import { add } from '../../parts/photos/adding';
import { Photos } from '../../parts/photos/Photos';
import { meantElsewhere } from '../../parts/keys';
import { Trouble, Waiting } from '../../parts/standing';
import { clock } from '../../parts/time';
import { helped, spoken } from '../../text';
import { Aspects } from './Aspects';
import { Completion } from './Completion';
import { Finish } from './Finish';
import { Chips, useForm, Writing } from './form';
import { More } from './More';
import { useSheet, type Sheet } from './sheet';
import { When, Whom } from './When';
import { Words } from './Words';
import css from './visit.module.css';

export default function Write() {
  const { draft } = useParams({ strict: false }) as { draft: string };
  // from 写好了 the next child's draft is opened in the same place
  return <Draft key={draft} draft={draft} />;
}

function Draft({ draft }: { draft: string }) {
  const { sheet, fault } = useSheet(draft);
  const [done, setDone] = useState<Completed | null>(null);
  const { ready } = useForm();
  if (done) return <Completion done={done} />;
  if (fault) return <Trouble fault={fault} />;
  if (!sheet || !ready) return <Waiting />;
  return (
    <Writing.Provider value={sheet}>
      <Page sheet={sheet} done={setDone} />
    </Writing.Provider>
  );
}

function Page({ sheet, done }: { sheet: Sheet; done(what: Completed): void }) {
  const { t } = useTranslation();
  // said once, when the page is opened: what was here before
  const [before] = useState(() => (Object.keys(sheet.values).includes('note') ? sheet.standing.saved : null));
  useKeys(sheet);
  return (
    <div data-testid="write">
      <div className={css.writeHead}>
        <h1>{t('visit.title')}</h1>
        <Whom />
        <Discard sheet={sheet} />
      </div>
      {before !== null && <p className={css.recovered} role="status">{t('visit.recovered', { time: clock(before) })}</p>}
      <div className={css.writeBody}>
        <div className="stack">
          <section className="panel stack" aria-label={t('visit.when')}><When /></section>
          <section className="panel stack"><Aspects /></section>
          <section className="panel stack"><h2>{t('visit.words')}</h2><Words /><Chips name="hazard" /><Chips name="needs" /></section>
          <section className="panel"><Pictures sheet={sheet} /></section>
          <More />
        </div>
        <Finish done={done} />
      </div>
    </div>
  );
}

function Pictures({ sheet: { draft } }: { sheet: Sheet }) {
  const { t } = useTranslation();
  const { field } = useForm();
  const place = useMemo(() => ({ draft }), [draft]);
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
        void sheet.flush().then((there) => there && message.success(t('words.saved'), 2));
      } else if (event.key === 'Enter') {
        event.preventDefault();
        document.querySelector<HTMLElement>('[data-testid="complete"]')?.click();
      }
    };
    window.addEventListener('keydown', key);
    return () => window.removeEventListener('keydown', key);
  }, [sheet, message, t]);
}

/** A draft thrown away can be taken back for a while. */
function Discard({ sheet }: { sheet: Sheet }) {
  const { t } = useTranslation();
  const go = useNavigate();
  const { message } = App.useApp();
  async function discard() {
    const { children } = sheet.standing;
    const values = { ...sheet.values };
    try {
      const pictures = await sheet.discard();
      await go({ to: '/visits' });
      const back = async () => {
        message.destroy('dropped');
        const { draft } = await call('visit.draft.save', { children, values });
        for (const picture of pictures) add({ draft }, picture.field, [picture]);
        await go({ to: '/visit/write/$draft', params: { draft } });
      };
      void message.open({ key: 'dropped', type: 'info', duration: 10, content: <span>{t('visit.dropped')} <Button type="link" size="small" onClick={() => void back()}>{t('words.undo')}</Button></span> });
    } catch (thrown) {
      void message.error(spoken(asFault(thrown)), 6);
    }
  }
  return <Button type="text" onClick={() => void discard()} data-testid="discard">{t('visit.discard')}</Button>;
}

