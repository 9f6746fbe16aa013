// Navigation left, page right, status line below.
import { CalendarOutlined, CheckSquareOutlined, EditOutlined, LockOutlined, SearchOutlined, SettingOutlined, TeamOutlined } from '@ant-design/icons';
import { Link, Outlet } from '@tanstack/react-router';
import { Button } from 'antd';
import { Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { useAct, useAnswer } from './api';
import { Finder, useFinder } from './pages/children/Finder';
import { StatusLine } from './StatusLine';
import { useIdleLock } from './idle';
import { Waiting } from './parts/standing';

export function Frame() {
  const { t } = useTranslation();
  const me = useAnswer('me', {});
  const today = useAnswer('today', {});
  const shell = useAnswer('shell.state', {});
  const lock = useAct('shell.lock');
  const practice = useAct('shell.practice');
  const finder = useFinder();
  useIdleLock();
  const due = (today.data?.overdue.length ?? 0) + (today.data?.due.length ?? 0);
  return (
    <div className="frame">
      <nav className="nav" aria-label={t('words.app')}>
        <div className="brand"><img src="./icon.svg" alt="" /><span>{t('words.app')}</span></div>
        <Link to="/" data-testid="nav-today"><CalendarOutlined />{t('words.nav.today')}{due > 0 && <span className="count num">{due}</span>}</Link>
        <Link to="/children" data-testid="nav-children"><TeamOutlined />{t('words.nav.children')}</Link>
        <Link to="/visits" data-testid="nav-visits"><EditOutlined />{t('words.nav.visits')}</Link>
        {me.data?.station && <Link to="/dayend" data-testid="nav-dayend"><CheckSquareOutlined />{t('words.nav.dayend')}</Link>}
        <button type="button" onClick={finder.show} data-testid="nav-find"><SearchOutlined />{t('words.nav.find')}</button>
        <div className="foot" />
        <Link to="/settings" data-testid="nav-settings"><SettingOutlined />{t('words.nav.settings')}</Link>
        <button type="button" onClick={() => lock.mutate({})} data-testid="nav-lock"><LockOutlined />{t('words.nav.lock')}</button>
      </nav>
      <main className="page" id="page">
        <Suspense fallback={<Waiting />}><Outlet /></Suspense>
      </main>
      <Finder {...finder} />
      {shell.data?.practice && (
        <div className="practice" role="note">
          <span className="grow">{t('words.practice')}</span>
          <Button size="small" onClick={() => practice.mutate({ on: false })}>{t('words.practice_leave')}</Button>
        </div>
      )}
      <StatusLine />
    </div>
  );
}
