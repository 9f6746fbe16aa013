// Visits and assessments, the newest first.
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from '@tanstack/react-router';
import { useAnswer, type AssessmentLine, type ChildId, type UnfinishedLine, type VisitLine } from '../../api';
import { AlarmTag } from '../../parts/alarm/AlarmTag';
import { TABLES, useCoded } from '../../parts/coded';
import { Photos } from '../../parts/photos/Photos';
import { Empty, Trouble, Waiting } from '../../parts/standing';
import { RiskTag } from '../../parts/tags';
import { clock, dayOf } from '../../parts/time';
import { counted, spoken } from '../../text';
import { classes } from '../../style/classes';
import css from './child.module.css';

const FEW = 8;

export function Timeline({ child, all, more }: { child: ChildId; all: boolean; more(): void }) {
  const { t } = useTranslation();
  const visits = useAnswer('visits.list', { child });
  const assessments = useAnswer('assessment.list', { child });
  const history = useAnswer('child.history', { child });
  const unfinished = useAnswer('unfinished.list', { child });
  if (visits.error) return <Trouble part fault={visits.error} again={() => void visits.refetch()} />;
  if (!visits.data) return <Waiting />;
  const assessed = assessments.data ?? [];
  // a level nobody assessed here: it came with a ledger
  const levels = (history.data ?? []).filter(({ key, after, at }) => key === 'risk_level' && after !== null && !assessed.some(({ who }) => who.at === at));
  const events = [
    ...visits.data.map((visit) => ({ at: visit.visit_at.slice(0, 10), key: visit.record, show: <Visit visit={visit} /> })),
    ...assessed.map((one) => ({ at: one.date || dayOf(one.who.at), key: one.record, show: <Assessment of={one} /> })),
    ...levels.map((line) => ({ at: dayOf(line.at), key: line.change, show: <div className={classes('quiet', css.event)}>{spoken(line.words)}</div> })),
    ...(unfinished.data ?? []).map((one) => ({ at: dayOf(one.who.at), key: one.record, show: <Unfinished one={one} child={child} /> })),
  ].sort((a, b) => b.at.localeCompare(a.at));
  if (events.length === 0) return <Empty title={t('child.no_visits')} hint={t('child.no_visits_hint')} />;
  return (
    <>
      <ol className={css.timeline}>
        {events.slice(0, all ? undefined : FEW).map(({ at, key, show }) => <li key={key}><span className={classes('num', css.when)}>{at}</span>{show}</li>)}
      </ol>
      {!all && events.length > FEW && <button type="button" className={css.more} onClick={more}>{counted(t('words.more'), events.length - FEW)}</button>}
    </>
  );
}

/** A half note that was kept as a remark: no visit, and it says what nobody answered. */
function Unfinished({ one, child }: { one: UnfinishedLine; child: ChildId }) {
  const { t } = useTranslation();
  const files = useAnswer('file.of', { about: one.record });
  const place = useMemo(() => ({ child, about: one.record }), [child, one.record]);
  return (
    <div className={css.event} data-testid={`unfinished-${one.record}`}>
      <span className="row">
        <strong>{spoken(one.form)}</strong>
        <span className="tag amber">{t('child.no_visit')}</span>
        <span className="quiet">{one.who.person}{one.kept && ` · ${t('child.kept_by', { person: one.kept.person })} ${clock(one.kept.at)}`}</span>
      </span>
      {one.written.map((line, n) => <div key={n}>{spoken(line)}</div>)}
      {(files.data ?? []).length > 0 && <Photos place={place} field="attach" label={t('photos.title')} may={false} />}
    </div>
  );
}

const LOOK = { finished: '', read: 'pine', returned: 'amber', supplemented: 'blue' } as const;

function Visit({ visit }: { visit: VisitLine }) {
  const { t } = useTranslation();
  const coded = useCoded();
  const standing = { finished: t('child.standing.finished'), read: t('child.standing.read'), returned: t('child.standing.returned'), supplemented: t('child.standing.supplemented') }[visit.standing];
  return (
    <Link to="/visit/$visit" params={{ visit: visit.record }} className={css.event} data-testid={`visit-line-${visit.record}`}>
      <span className="row">
        <strong>{coded(TABLES.mode, visit.mode)}</strong>
        <span className={visit.met ? 'quiet' : 'tag amber'}>{visit.met ? t('child.met') : t('child.unmet')}</span>
        <span className="quiet">{visit.who.person}</span>
        <AlarmTag mark={visit.alarm} />
        {visit.standing !== 'finished' && <span className={`tag ${LOOK[visit.standing]}`}>{standing}</span>}
        {visit.supplements > 0 && <span className="quiet">{t('child.supplements', { n: visit.supplements })}</span>}
        {visit.next_visit && <span className="quiet num">{t('child.visit_next', { day: visit.next_visit })}</span>}
      </span>
      {visit.opening && <span className={css.opening}>{visit.opening}</span>}
    </Link>
  );
}

/** Level, reason and basis, as they were written. */
function Assessment({ of: { level, reason, basis, who } }: { of: AssessmentLine }) {
  const { t } = useTranslation();
  return (
    <div className={css.event} data-testid="assessment-line">
      <span className="row">
        <strong>{t('child.assessed')}</strong>
        {level && <RiskTag risk={level} />}
        <span className="quiet">{who.person}</span>
      </span>
      {reason && <span className={css.opening}>{t('child.assessed_reason', { text: reason })}</span>}
      {basis && <span className={classes('quiet', css.opening)}>{t('child.assessed_basis', { text: basis })}</span>}
    </div>
  );
}
