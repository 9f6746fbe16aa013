// A finished note: for whom, when again, and back to the day.
import { CheckCircleFilled } from '@ant-design/icons';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useAnswer, type Completed } from '../../api';
import { Alarms } from '../../parts/alarm/Alarms';
import { BeginVisit } from '../../parts/begin';
import { useShutNames } from '../../parts/names';
import { classes } from '../../style/classes';
import css from './visit.module.css';

export function Completion({ done }: { done: Completed }) {
  const { t } = useTranslation();
  const listed = useAnswer('children.list', {});
  const today = useAnswer('today', {});
  const shell = useAnswer('shell.state', {});
  const shut = useShutNames();
  const cards = listed.error ? shut : listed.data?.cards ?? [];
  const finished = new Set(done.records.map(({ child }) => child));
  const next = [...(today.data?.overdue ?? []), ...(today.data?.due ?? [])].find(({ child }) => !finished.has(child));
  return (
    <div className={classes('panel', css.completion)} data-testid="completed">
      <CheckCircleFilled className={css.completionMark} aria-hidden />
      <h1>{t('visit.completed')}</h1>
      <p className="quiet">{t(shell.data?.practice ? 'visit.completed_practice' : 'visit.completed_hint')}</p>
      <ul>
        {done.records.map(({ child, name, visit, next_visit }) => (
          <li key={visit}>
            <Link to="/visit/$visit" params={{ visit }}>{cards.find((card) => card.child === child)?.name ?? name}</Link>
            {next_visit && <span className="quiet num"> · {t('visit.next_on', { day: next_visit })}</span>}
          </li>
        ))}
      </ul>
      <Alarms all={(today.data?.alarms ?? []).filter(({ record }) => done.records.some(({ visit }) => visit === record))} />
      <div className={classes('row', css.completionGo)}>
        <Link to="/" className={css.go} data-testid="back-today">{t('visit.back_today')}</Link>
        {next && <span className="row"><span className="quiet">{t('visit.then', { name: next.name })}</span><BeginVisit of={next} /></span>}
      </div>
    </div>
  );
}
