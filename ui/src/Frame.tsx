// Navigation left, page right, status line below.
import { CalendarOutlined, CheckSquareOutlined, EditOutlined, IdcardOutlined, LockOutlined, SearchOutlined, SettingOutlined, TeamOutlined, UserOutlined } from '@ant-design/icons';
import { Link, Outlet, useChildMatches, useRouterState } from '@tanstack/react-router';
import { Button } from 'antd';
import { Suspense, useLayoutEffect, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useAct, useAnswer } from './api';
import { Finder, useFinder } from './pages/children/Finder';
import { StatusLine } from './StatusLine';
import { useAnew, useStopped } from './anew';
import { lockDesk, useIdleLock } from './idle';
import { useLine } from './line';
import { usePractised } from './parts/practised';
import { Waiting } from './parts/standing';
import { useWhole } from './parts/whole';
import { Stopped } from './Stopped';
import { classes } from './style/classes';
import css from './frame.module.css';

export function Frame() {
  const { t } = useTranslation();
  const me = useAnswer('me', {});
  const today = useAnswer('today', {});
  const shell = useAnswer('shell.state', {});
  const practice = useAct('shell.practice');
  const finder = useFinder();
  useTop();
  useIdleLock();
  useLine(shell.data?.practice);
  useAnew();
  const stopped = useStopped();
  usePractised(shell.data?.practice);
  useWhole();
  const due = (today.data?.overdue.length ?? 0) + (today.data?.due.length ?? 0);
  return (
    <div className={css.frame}>
      <p className={css.printed}>{t('words.printed')}</p>
      <nav className={css.nav} aria-label={t('words.app')}>
        <div className={css.brand}><img src="./icon.svg" alt="" /><span>{t('words.app')}</span></div>
        <Link to="/" data-testid="nav-today"><CalendarOutlined />{t('words.nav.today')}{due > 0 && <span className={classes('num', css.count)}>{due}</span>}</Link>
        <Section to="/children" under="/child" testid="nav-children"><TeamOutlined />{t('words.nav.children')}</Section>
        <Section to="/visits" under="/visit" testid="nav-visits"><EditOutlined />{t('words.nav.visits')}</Section>
        {me.data?.station && <Link to="/dayend" data-testid="nav-dayend"><CheckSquareOutlined />{t('words.nav.dayend')}</Link>}
        {me.data?.station && <Link to="/people" data-testid="nav-people"><IdcardOutlined />{t('words.nav.people')}</Link>}
        <button type="button" onClick={finder.show} data-testid="nav-find"><SearchOutlined />{t('words.nav.find')}</button>
        <div className={css.foot} />
        {me.data && <Link to="/settings" className={css.me} title={me.data.name} data-testid="nav-me"><UserOutlined /><span className="clip">{me.data.name}</span></Link>}
        <Link to="/settings" data-testid="nav-settings"><SettingOutlined />{t('words.nav.settings')}</Link>
        <button type="button" onClick={() => void lockDesk()} data-testid="nav-lock"><LockOutlined />{t('words.nav.lock')}</button>
      </nav>
      <main className="page" id="page">
        <Stopped />
        <Suspense fallback={<Waiting />}><Outlet key={stopped ? 'stopped' : 'works'} /></Suspense>
      </main>
      <Finder {...finder} />
      {shell.data?.practice && (
        <div className={css.practice} role="note">
          <span className="grow">{t('words.practice')}</span>
          <Button size="small" onClick={() => practice.mutate({ on: false })}>{t('words.practice_leave')}</Button>
        </div>
      )}
      <StatusLine />
    </div>
  );
}

/** Another page begins at its top. Before the page's own effects, so that a list may go where it was left. */
function useTop() {
  const path = useChildMatches({ select: (matches) => matches[0]?.pathname });
  // `void`: newer browsers answer with a promise, and an effect may only give back how to undo it
  useLayoutEffect(() => void document.getElementById('page')?.scrollTo({ top: 0 }), [path]);
}

/** Lit on all pages of its section: a note being written is under 走访 as well. */
function Section({ to, under, testid, children }: { to: '/children' | '/visits'; under: string; testid: string; children: ReactNode }) {
  const here = useRouterState({ select: ({ location }) => location.pathname.startsWith(under) });
  return <Link to={to} activeProps={{}} className={here ? css.active : undefined} aria-current={here ? 'page' : undefined} data-testid={testid}>{children}</Link>;
}
