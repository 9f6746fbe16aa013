// 没有负责人: children nobody is in charge of. Who may assign does it here, one by one; many at once in the list of children.
import { Link } from '@tanstack/react-router';
import { Button } from 'antd';
import { lazy, Suspense, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Card, Today, Unassigned as One } from '../../api';
import { RiskTag } from '../../parts/tags';
import { NOBODY } from '../children/filter';
import { dayWords } from './day';
import { Who } from './Visits';
import { classes } from '../../style/classes';
import css from './today.module.css';

const Charge = lazy(() => import('../../parts/charge/Charge'));

/** So many at first sight; the rest is a list of its own. */
const LINES = 3;

export function Unassigned({ today: { unassigned, unassigned_total: total } }: { today: Today }) {
  const { t } = useTranslation();
  const may = unassigned.some((one) => one.may.includes('hand'));
  const [handing, setHanding] = useState<Card>();
  const section = useRef<HTMLElement>(null);
  if (total === 0) return null;
  // the line that was dealt with is gone, and the focus with it: the next one has it, or what stands after them
  const close = () => {
    setHanding(undefined);
    setTimeout(() => {
      const next = section.current ?? document.querySelector('[data-testid="today-list"]');
      if (document.activeElement === document.body) next?.querySelector<HTMLElement>('button, a')?.focus();
    }, 400);
  };
  return (
    <section ref={section} aria-labelledby="today-without" data-testid="today-without">
      <div className={css.todayTitle}>
        <h2 id="today-without">{t('today.without')} <span className="num">{t('today.people', { n: total })}</span></h2>
        {!may && <span className="quiet">{t('today.without_hint')}</span>}
        {total > LINES && <Link to="/children" search={{ post: NOBODY }} data-testid="today-without-all">{t('today.more')}</Link>}
      </div>
      <ul className={classes('panel', css.todayLines, css.whose)}>
        {unassigned.slice(0, LINES).map((one) => <Line key={one.child} one={one} hand={one.may.includes('hand') ? () => setHanding(one) : undefined} />)}
      </ul>
      {handing && <Suspense fallback={null}><Charge of={[handing]} hide={close} /></Suspense>}
    </section>
  );
}

function Line({ one, hand }: { one: One; hand: (() => void) | undefined }) {
  const { t } = useTranslation();
  return (
    <li>
      <Link to="/child/$child" params={{ child: one.child }} className={classes('clip', css.todayLineName)}>{one.name}</Link>
      <Who card={one} />
      <RiskTag risk={one.risk} />
      <span className={classes('quiet clip grow', css.todayLineWhere)}>{one.area?.name}</span>
      <span className={classes('quiet num', css.todayLineDay)}>{one.since && t('today.without_since', { day: dayWords(one.since) })}</span>
      {hand && <Button type="text" className="pine" onClick={hand} aria-label={t('today.without_assign', { name: one.name })} data-testid={`assign-${one.child}`}>{t('charge.assign')}</Button>}
    </li>
  );
}
