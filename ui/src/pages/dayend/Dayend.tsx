// 日终合并: who has handed in, what differs, what is new, and when nothing is left to settle.
import { CheckCircleFilled, LeftOutlined, RightOutlined } from '@ant-design/icons';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Button } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call, useAnswer, type Dayend as Answered } from '../../api';
import { Alarms } from '../../parts/alarm/Alarms';
import { readDay } from '../../parts/read';
import { onEnter } from '../../parts/keys';
import { Trouble, Waiting } from '../../parts/standing';
import { useSyncing } from '../../parts/syncing';
import { clock, dayAfter, dayOf } from '../../parts/time';
import { spoken } from '../../text';
import { Differing } from './Differing';
import { Directors } from './Directors';
import { Doubles } from './Doubles';
import { Files } from './Files';
import { Held } from './Held';
import { Notes, unread } from './Notes';
import { Together } from './Together';
import { dayWords } from '../today/day';
import { dayAsked } from './day';
import { DeedsHere, last, undoable, useDeeds, useDeedsOfPage } from './deeds';
import { useLines } from './lines';
import { classes } from '../../style/classes';
import css from './dayend.module.css';

export default function Dayend() {
  const me = useAnswer('me', {});
  const asked = useSearch({ strict: false }) as Record<string, unknown>;
  if (!me.data) return me.error ? <Trouble fault={me.error} again={() => void me.refetch()} /> : <Waiting />;
  const today = dayOf(me.data.now);
  return <Page day={dayAsked(asked, today)} today={today} />;
}

function Page({ day, today }: { day: string; today: string }) {
  const { t } = useTranslation();
  const go = useNavigate();
  const found = useAnswer('dayend', day === today ? {} : { day });
  const deeds = useDeedsOfPage();
  useLines();
  useFetch();
  return (
    <div className={css.dayend} data-testid="dayend">
      <header className={css.dayendHead}>
        <h1 className="grow">{t('dayend.title')}</h1>
        <Unread but={day} />
        <Days key={day} day={day} today={today} go={(to) => void go({ to: '/dayend', search: to >= today ? {} : { day: to }, replace: true })} />
      </header>
      {found.error ? <Trouble part fault={found.error} again={() => void found.refetch()} /> : !found.data ? <Waiting /> : (
        <DeedsHere.Provider value={deeds}><TheDay of={found.data} today={today} coming={found.isPlaceholderData} /></DeedsHere.Provider>
      )}
    </div>
  );
}

/** What is summed up is as new as it can be: the page asks the district when it opens. */
function useFetch() {
  useEffect(() => void call('shell.sync', {}).catch(() => undefined), []);
}

function TheDay({ of, today, coming }: { of: Answered; today: string; coming: boolean }) {
  return (
    <>
      <p className={classes('num', css.dayendSum)} data-testid="sum" aria-live="polite">{spoken(of.sum.sentence)}</p>
      <Fetching />
      <Alarms all={of.alarms} total={of.alarms_total} />
      <Keys of={of} />
      <div className={classes('stack', coming && css.dayendComing)} aria-busy={coming} key={of.day}>
        <Clear of={of} today={today} />
        <Station of={of} />
        <Held items={of.sum.held} />
        <Differing all={of.differing} settled={of.settled} />
        <div className={css.dayendBody}>
          <Notes visits={of.visits} />
          <Directors all={of.directors} today={of.day === today} />
          <div className={classes('stack', css.dayendRest)}>
            <Together pairs={of.together} visits={of.visits} />
            <Doubles />
            <Files all={of.files} imported={of.imported} />
          </div>
        </div>
      </div>
    </>
  );
}

/** The keys that do something now. */
function Keys({ of: { differing, visits } }: { of: Answered }) {
  const { t } = useTranslation();
  const { all } = useDeeds();
  const [choose, review] = [differing.some((one) => one.may_choose), visits.some(({ may }) => may.includes('review'))];
  const keys = [choose && t('dayend.keys_choose'), review && t('dayend.keys_review'), undoable(last(all)) && t('dayend.keys_undo')].filter(Boolean);
  return keys.length > 0 ? <p className={classes('quiet', css.dayendKeys)}>{[t('dayend.keys_move'), ...keys].join(t('dayend.keys_and'))}</p> : null;
}

/** Another day still has notes nobody looked at. */
function Unread({ but }: { but: string }) {
  const { t } = useTranslation();
  const since = useAnswer('today', {}, false).data?.unread_since;
  if (!since || since === but) return null;
  return <Link to="/dayend" search={{ day: since }} className={css.dayendUnread} data-testid="to-unread">{t('dayend.to_unread', { day: dayWords(since) })}</Link>;
}

/** The day looked at; typed as hands type it, or stepped. */
function Days({ day, today, go }: { day: string; today: string; go(to: string): void }) {
  const { t } = useTranslation();
  const [typed, type] = useState(day);
  const by = (days: number) => go(dayAfter(day, days));
  const take = async () => {
    const { text: to, read } = await readDay(typed, 'past');
    if (read && to !== day) go(to);
    else type(day);
  };
  return (
    <div className={classes('row', css.dayendDays)}>
      {day !== today && <Button type="text" onClick={() => go(today)}>{t('dayend.to_today')}</Button>}
      <Button icon={<LeftOutlined />} onClick={() => by(-1)} aria-label={t('dayend.before')} data-testid="day-before" />
      <input className={classes('num', css.dayendDay)} value={typed} onChange={(event) => type(event.target.value)} onKeyDown={onEnter(() => void take())} onBlur={() => void take()} aria-label={t('dayend.day')} data-testid="dayend-day" />
      <Button icon={<RightOutlined />} onClick={() => by(1)} disabled={day >= today} aria-label={t('dayend.after')} data-testid="day-after" />
    </div>
  );
}

/** All was in touch and nothing is left: a receipt. What was only not read yet does not stand in its way, and is said. */
function Clear({ of: { day, sum, visits }, today }: { of: Answered; today: string }) {
  const { t } = useTranslation();
  if (sum.before) return <p className={css.dayendStation} role="status">{t('dayend.day_before')}</p>;
  if (!sum.complete || sum.as_of === null) return null;
  const left = visits.filter(unread).length;
  return (
    <section className={classes('panel', css.dayendClear)} data-testid="dayend-clear" role="status">
      <CheckCircleFilled aria-hidden />
      <div>
        <h2>{left > 0 ? t('dayend.clear_but') : day === today ? t('dayend.clear') : t('dayend.clear_of', { day })}</h2>
        <p>{t('dayend.clear_what', { as_of: clock(sum.as_of), earliest: clock(sum.earliest ?? sum.as_of), received: sum.received })}{left > 0 && ` ${t('dayend.clear_unread', { n: left })}`}</p>
        {sum.without.length > 0 && <p>{t('dayend.clear_without', { names: sum.without.join(t('words.list')) })}</p>}
      </div>
    </section>
  );
}

/** What is on its way while the page is open, and why not where it is not. */
function Fetching() {
  const { t } = useTranslation();
  const { busy, trouble } = useSyncing();
  if (busy) return <p className={classes('quiet', css.dayendKeys)} role="status">{t('words.syncing')}</p>;
  return trouble && <p className={css.dayendStation} role="status" data-testid="dayend-trouble">{t('dayend.not_fetched')}{spoken(trouble)}</p>;
}

/** Notes written on this computer and not sent yet: no director's line speaks of them. */
function Station({ of: { sum } }: { of: Answered }) {
  const { t } = useTranslation();
  return sum.waiting > 0 ? <p className={css.dayendStation} role="status">{t('dayend.station', { n: sum.waiting })}</p> : null;
}
