// Two people wrote about one child within two hours: perhaps one visit, written twice. Both stay; somebody should know.
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { NamedVisit, Together as Pair } from '../../api';
import { TABLES, useCoded } from '../../parts/coded';
import { classes } from '../../style/classes';
import css from './dayend.module.css';

export function Together({ pairs, visits }: { pairs: Pair[]; visits: NamedVisit[] }) {
  const { t } = useTranslation();
  if (pairs.length === 0) return null;
  return (
    <section className={classes('panel', css.dayendPart)} aria-label={t('dayend.together')} data-testid="together">
      <h2>{t('dayend.together')} <span className="quiet num">{t('dayend.together_n', { n: pairs.length })}</span></h2>
      <p className="quiet">{t('dayend.together_hint')}</p>
      <ul>
        {pairs.map((pair) => (
          <li key={pair.visits.join()} className={css.double}>
            {pair.visits.map((record) => <One key={record} visit={visits.find((visit) => visit.record === record)} />)}
          </li>
        ))}
      </ul>
    </section>
  );
}

function One({ visit }: { visit: NamedVisit | undefined }) {
  const coded = useCoded();
  return visit && (
    <Link to="/visit/$visit" params={{ visit: visit.record }} className={css.doubleOne}>
      <strong>{visit.name}</strong> <span className="quiet num">{[visit.who.person, visit.visit_at.slice(11, 16), coded(TABLES.mode, visit.mode)].join(' · ')}</span>
    </Link>
  );
}
