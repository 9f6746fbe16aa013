// 今天: who to visit, what came back, what waits. Meant to be read at a glance, standing.
import { ArrowDownOutlined, FileTextOutlined } from '@ant-design/icons';
import { Link, useNavigate } from '@tanstack/react-router';
import { Button } from 'antd';
import { lazy, Suspense, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useAnswer, type Fault, type Today as Day } from '../../api';
import { useLook } from '../../look';
import { Alarms } from '../../parts/alarm/Alarms';
import { Names } from '../../parts/names';
import { Empty, Trouble, Waiting } from '../../parts/standing';
import { startTour, useTour } from '../../tour';
import { Aside, useTodo } from './Aside';
import { First } from './First';
import { dateWords } from './day';
import { Unassigned } from './Unassigned';
import { Visits } from './Visits';
import css from './today.module.css';

const Tour = lazy(() => import('./Tour'));

export default function Today() {
  const today = useAnswer('today', {});
  if (!today.data && !today.error) return <Waiting />;
  // what was refused is not shown from memory either
  return <Shown today={today.error ? null : today.data ?? null} fault={today.error} again={() => void today.refetch()} />;
}

type Asked = { today: Day | null; fault: Fault | null; again(): void };

function Shown({ today, fault, again }: Asked) {
  const { t } = useTranslation();
  const touring = useTouring();
  const todo = useTodo(today);
  return (
    <>
      <header className="head">
        <Lead today={today} />
        {todo.length > 0 && <Button type="link" className={css.todayJump} icon={<ArrowDownOutlined />} onClick={() => document.getElementById('today-todo')?.scrollIntoView({ behavior: 'smooth' })}>{t('today.todo')}</Button>}
        <PaperButton />
      </header>
      <div className={css.todayPage}>
        <div className={css.todayMain} data-testid="today-list">
          {fault ? <><Trouble part fault={fault} again={again} /><Names /></> : today && <><Alarms all={today.alarms} total={today.alarms_total} /><Who today={today} /></>}
        </div>
        <Aside lines={todo} />
      </div>
      {touring && today && <Suspense fallback={null}><Tour today={today} /></Suspense>}
    </>
  );
}

function Who({ today }: { today: Day }) {
  const me = useAnswer('me', {});
  const nobody = today.overdue.length + today.due.length + today.coming.length === 0;
  return nobody ? <><Unassigned today={today} /><Nobody /></> : <Visits today={today} station={me.data?.station ?? false} />;
}

function Lead({ today }: { today: Day | null }) {
  const { look } = useLook();
  const me = useAnswer('me', {});
  return (
    <div className="grow">
      <h1>{me.data && dateWords(me.data.now, look.language)}</h1>
      {today && <p className={css.todayLead} data-testid="today-lead"><Sentence today={today} /></p>}
    </div>
  );
}

function Sentence({ today }: { today: Day }) {
  return useLead(today);
}

function useLead({ overdue, due }: Day): string {
  const { t } = useTranslation();
  const me = useAnswer('me', {});
  const late = overdue.length;
  const now = due.length;
  // a station sees the children of many directors; it is not she who goes
  if (me.data?.station) return late + now > 0 ? t('today.lead_station', { late, now }) : t('today.lead_station_none');
  if (late > 0 && now > 0) return t('today.lead_both', { late, now });
  if (late > 0) return t('today.lead_late', { late });
  return now > 0 ? t('today.lead_now', { now }) : t('today.lead_none');
}

function PaperButton() {
  const { t } = useTranslation();
  const go = useNavigate();
  const me = useAnswer('me', {});
  // a station sees the children of many directors; it is not she who goes
  if (me.data?.station !== false || !me.data.may.includes('visit')) return null;
  return <Button icon={<FileTextOutlined />} onClick={() => void go({ to: '/visit/paper' })} data-testid="today-paper">{t('today.paper')}</Button>;
}

/** Nobody is due: because the files are not here yet, because there are none, or because all is done. */
function Nobody() {
  const { t } = useTranslation();
  const sync = useAnswer('sync.state', {});
  const all = useAnswer('children.list', {});
  const me = useAnswer('me', {});
  const fault = all.error ?? sync.error;
  if (fault) return <Trouble part fault={fault} again={() => void all.refetch()} />;
  if (!sync.data || !all.data) return <Waiting />;
  if (all.data.total === 0) return <First synced={sync.data.synced !== null} />;
  return (
    <div className="panel">
      <Empty title={t('today.nobody')} hint={t(me.data?.station ? 'today.nobody_station' : 'today.nobody_hint')}>
        <Link to="/children" className={css.todayGo} data-testid="today-all">{t('today.see_all', { n: all.data.total })}</Link>
      </Empty>
    </div>
  );
}

/** In the practice district the tour comes by itself, once. */
function useTouring(): boolean {
  const shell = useAnswer('shell.state', {});
  const settings = useAnswer('settings.get', {});
  const practising = shell.data?.practice === true && settings.data !== undefined && settings.data.values['toured'] !== true;
  useEffect(() => {
    if (practising) startTour();
  }, [practising]);
  return useTour();
}
