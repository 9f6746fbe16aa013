// The children to visit: large cards for who is due, quiet lines for who soon will be. A station, with its hundreds, sees sums first.
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Card, DueFilter, Today } from '../../api';
import { BeginVisit } from '../../parts/begin';
import { AlarmTag } from '../../parts/alarm/AlarmTag';
import { TABLES, useCoded } from '../../parts/coded';
import { DueTag, RiskTag } from '../../parts/tags';
import { dayWords } from './day';
import { Unassigned } from './Unassigned';
import { classes } from '../../style/classes';
import css from './today.module.css';

/** So many at first sight; the rest is a list of its own. */
const CARDS = 6;
const LINES = 5;
/** Of those due today so many stand among the first even when many are overdue. */
const TODAY = 2;
const CATEGORIES = 2;

export function Visits({ today, station }: { today: Today; station: boolean }) {
  const { t } = useTranslation();
  const { overdue, due, coming } = today;
  const many = station || overdue.length + due.length > CARDS;
  const first = [...overdue.slice(0, CARDS - Math.min(TODAY, due.length)), ...due].slice(0, CARDS);
  return (
    <>
      {many && <Sums today={today} />}
      <Unassigned today={today} />
      {first.length > 0 && (
        <section aria-labelledby="today-go">
          <Title id="today-go" title={t(station ? 'today.go_station' : 'today.go')} n={many ? null : first.length} />
          {station
            ? <Lines cards={first} director />
            : <ul className={css.todayCards} data-testid="today-cards">{first.map((card) => <li key={card.child}><VisitCard card={card} /></li>)}</ul>}
        </section>
      )}
      {coming.length > 0 && (
        <section aria-labelledby="today-coming">
          <Title id="today-coming" title={t('today.coming')} n={many ? null : coming.length} more={coming.length > LINES ? 'coming' : undefined} />
          <Lines cards={coming.slice(0, LINES)} director={station} />
        </section>
      )}
    </>
  );
}

function Title({ id, title, n, more }: { id: string; title: string; n: number | null; more?: DueFilter }) {
  const { t } = useTranslation();
  return (
    <div className={css.todayTitle}>
      <h2 id={id}>{title} {n !== null && <span className="num">{t('today.people', { n })}</span>}</h2>
      {more && <Link to="/children" search={{ due: more }}>{t('today.more')}</Link>}
    </div>
  );
}

/** Three numbers; each opens its list. */
function Sums({ today }: { today: Today }) {
  const { t } = useTranslation();
  const sums = [
    { due: 'overdue', name: t('today.overdue'), n: today.overdue.length },
    { due: 'today', name: t('today.due'), n: today.due.length },
    { due: 'coming', name: t('today.coming'), n: today.coming.length },
  ] as const;
  return (
    <div className={css.todaySums} data-testid="today-sums">
      {sums.map(({ due, name, n }) => (
        <Link key={due} to="/children" search={{ due }} className={classes('panel', css.todaySum, css[due])} data-testid={`today-${due}-all`}>
          <span>{name}</span>
          <strong className="num">{n}</strong>
          <span className="quiet">{t('today.all', { n })}</span>
        </Link>
      ))}
    </div>
  );
}

function VisitCard({ card }: { card: Card }) {
  const { t } = useTranslation();
  const coded = useCoded();
  const more = card.categories.length - CATEGORIES;
  return (
    <article className={classes('panel', css.visitCard, card.due && css[card.due.state])} data-testid="visit-card">
      <div className={css.visitCardTop}>
        <Link to="/child/$child" params={{ child: card.child }} className={classes('clip', css.visitCardName)}>{card.name}</Link>
        <Who card={card} />
        <span className="grow" />
        <DueTag due={card.due} />
      </div>
      <div className={css.visitCardTags}>
        <AlarmTag mark={card.alarm} /><RiskTag risk={card.risk} />
        {card.unmet > 1 && <span className="tag amber">{t('today.unmet', { n: card.unmet })}</span>}
        {card.categories.slice(0, CATEGORIES).map((one) => <span className="tag clip" key={one.code}>{coded(TABLES.category, one)}</span>)}
        {more > 0 && <span className="tag num">+{more}</span>}
      </div>
      <div className={css.visitCardFoot}>
        <div className="grow quiet">
          <div className="clip">{where(card, false)}</div>
          <div className="clip num">{card.last_visit ? t('today.last', { day: dayWords(card.last_visit) }) : t('today.never')}</div>
        </div>
        <BeginVisit of={card} className={css.begin} />
      </div>
    </article>
  );
}

export function Who({ card }: { card: Card }) {
  const { t } = useTranslation();
  const coded = useCoded();
  const age = card.age === null ? '' : t('words.years', { n: card.age });
  return <span className={classes('quiet num', css.todayWho)}>{[coded(TABLES.sex, card.sex), age].filter(Boolean).join(' · ')}</span>;
}

/** Where the child is found; at a station also whose child it is. */
function where(card: Card, director: boolean): string {
  return [director ? card.posts[0]?.person : null, card.area?.name, director ? null : card.school].filter(Boolean).join(' · ');
}

function Lines({ cards, director }: { cards: Card[]; director: boolean }) {
  return (
    <ul className={classes('panel', css.todayLines, director && css.whose)}>
      {cards.map((card) => (
        <li key={card.child}>
          <Link to="/child/$child" params={{ child: card.child }} className={classes('clip', css.todayLineName)}>{card.name}</Link>
          <Who card={card} />
          <AlarmTag mark={card.alarm} /><RiskTag risk={card.risk} />
          <span className={classes('quiet clip grow', css.todayLineWhere)}>{where(card, director)}</span>
          <span className={classes('quiet num', css.todayLineDay)}>{!director && card.next_due && dayWords(card.next_due)}</span>
          <DueTag due={card.due} />
          <BeginVisit of={card} type="text" />
        </li>
      ))}
    </ul>
  );
}
