// Notes of the day: what nobody at the station has looked at stands first; 已阅 and 退回补充 by one key each.
import { CheckOutlined, RollbackOutlined } from '@ant-design/icons';
import { Link } from '@tanstack/react-router';
import { Button } from 'antd';
import { useRef, useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { call, type NamedVisit } from '../../api';
import { AlarmTag, waits } from '../../parts/alarm/AlarmTag';
import { TABLES, useCoded } from '../../parts/coded';
import { Empty } from '../../parts/standing';
import { useRemark } from '../visit/remark';
import { StandingTag } from '../visit/Visits';
import { useDeeds } from './deeds';
import { line, plain, useWanted, wantLine } from './lines';
import { Why } from './Why';
import { classes } from '../../style/classes';
import css from './dayend.module.css';

/** So many notes at once: nobody reads four hundred from one screen. */
const NOTES = 25;

/** What this person is to look at now: the core counts the same (`Line::to_be_read`). */
export const unread = ({ standing, may }: NamedVisit) => (standing === 'finished' || standing === 'supplemented') && may.includes('review');

export function Notes({ visits }: { visits: NamedVisit[] }) {
  const { t } = useTranslation();
  const [most, setMost] = useState(NOTES);
  const [open, setOpen] = useState(0);
  // the day is summed up again after each; the next note need not wait for that
  const [dealt, setDealt] = useState<ReadonlySet<string>>(new Set());
  const asItStands = ({ record, standing }: NamedVisit) => `${record} ${standing}`;
  const fresh = visits.filter((visit) => unread(visit) && !dealt.has(asItStands(visit)));
  const deal = (visit: NamedVisit) => setDealt((before) => new Set(before).add(asItStands(visit)));
  useWanted('note', dealt);
  const seen = visits.filter((visit) => !unread(visit));
  return (
    <section className={classes('panel', css.dayendPart, css.dayendNotes)} aria-label={t('dayend.visits')}>
      <h2>{t('dayend.visits')} {visits.length > 0 && <span className="quiet num">{fresh.length > 0 ? t('dayend.visits_n', { n: fresh.length }) : t('dayend.visits_read')}</span>}</h2>
      {visits.length === 0 && <Empty title={t('dayend.no_visits')} hint={t('dayend.no_visits_hint')} />}
      <ul>{fresh.slice(0, most).map((visit) => <li key={visit.record}><Row visit={visit} dealt={() => deal(visit)} /></li>)}</ul>
      {fresh.length > most && <button type="button" className={css.dayendFold} onClick={() => setMost(most + NOTES)}>{t('dayend.more', { n: Math.min(NOTES, fresh.length - most) })}</button>}
      {seen.length > 0 && <button type="button" className={css.dayendFold} aria-expanded={open > 0} onClick={() => setOpen(open > 0 ? 0 : NOTES)}><CheckOutlined aria-hidden /> {t('dayend.seen', { n: seen.length })}</button>}
      {open > 0 && <ul>{seen.slice(0, open).map((visit) => <li key={visit.record}><Row visit={visit} dealt={() => deal(visit)} /></li>)}</ul>}
      {open > 0 && seen.length > open && <button type="button" className={css.dayendFold} onClick={() => setOpen(open + NOTES)}>{t('dayend.more', { n: Math.min(NOTES, seen.length - open) })}</button>}
    </section>
  );
}

function useReview(visit: NamedVisit) {
  const { t } = useTranslation();
  const { did } = useDeeds();
  const { busy, write } = useRemark();
  /** Whether it is on the disk. */
  async function review(verdict: '1' | '2', note?: string, draft?: string): Promise<boolean> {
    const run = () => call('visit.review', { visit: visit.record, verdict, ...(note !== undefined && { note }), ...(draft && { draft }) });
    if (!(await write(run, verdict === '1' ? t('visit.review_done') : t('visit.review_returned')))) return false;
    did({ kind: verdict === '1' ? 'read' : 'returned', name: visit.name });
    return true;
  }
  return { busy, review };
}

function Row({ visit, dealt }: { visit: NamedVisit; dealt(): void }) {
  const { t } = useTranslation();
  const coded = useCoded();
  const box = useRef<HTMLElement>(null);
  const { busy, review } = useReview(visit);
  const [why, setWhy] = useState(false);
  const may = visit.may.includes('review');
  const deal = async (verdict: '1' | '2', note?: string, draft?: string): Promise<boolean> => {
    wantLine(box.current);
    const written = await review(verdict, note, draft);
    if (!written) wantLine(null);
    else {
      setWhy(false);
      dealt();
    }
    return written;
  };
  const keys = (event: KeyboardEvent) => {
    if (!may || !plain(event) || event.repeat) return;
    const onLine = event.target === event.currentTarget;
    if (event.key === 'Enter' && onLine && visit.standing !== 'read' && !waits(visit.alarm)) void deal('1');
    else if (event.key.toLowerCase() === 't') setWhy(true);
    else return;
    event.preventDefault();
  };
  return (
    <article ref={box} {...line('note', visit.record)} className={css.dayendVisit} onKeyDown={keys} aria-label={`${visit.name} ${visit.visit_at.slice(5, 10)}`} data-testid="dayend-visit">
      <div className={css.dayendVisitTop}>
        <Link to="/visit/$visit" params={{ visit: visit.record }} className={css.dayendVisitName}>{visit.name}</Link>
        <span className="quiet num clip grow">{visit.who.person} · {visit.visit_at.slice(5, 10)} {visit.visit_at.slice(11, 16)} · {coded(TABLES.mode, visit.mode)}{!visit.met && ` · ${t('dayend.unmet')}`}</span>
        <AlarmTag mark={visit.alarm} />
        {visit.standing !== 'finished' && <StandingTag standing={visit.standing} />}
      </div>
      <div className={css.dayendVisitFoot}>
        <p className="grow">{visit.opening}</p>
        {may && (
          <span className={css.dayendVisitDo}>
            <Button type="text" icon={<RollbackOutlined />} onClick={() => setWhy(true)} disabled={busy} data-testid="dayend-return">{t('dayend.give_back')}</Button>
            {visit.standing !== 'read' && !waits(visit.alarm) && <Button icon={<CheckOutlined />} onClick={() => void deal('1')} loading={busy} data-testid="dayend-read">{t('dayend.read')}</Button>}
          </span>
        )}
      </div>
      {why && <Why visit={visit.record} busy={busy} send={(note, draft) => deal('2', note, draft)} close={() => { setWhy(false); box.current?.focus(); }} />}
    </article>
  );
}
