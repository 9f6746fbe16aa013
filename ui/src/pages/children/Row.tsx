// One child in the list; the whole row is the link to the file, or while children are picked the box that picks it.
import { CheckOutlined, DiffOutlined, FormOutlined, UserOutlined } from '@ant-design/icons';
import { Link } from '@tanstack/react-router';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Card } from '../../api';
import { AlarmTag } from '../../parts/alarm/AlarmTag';
import { TABLES, useCoded } from '../../parts/coded';
import { DueTag, RiskTag } from '../../parts/tags';
import { useWhy } from '../../parts/why';
import { listed } from '../../text';
import { classes } from '../../style/classes';
import css from './children.module.css';

export type Pick = { on: boolean; full: boolean; flip(child: string): void };

export const Row = memo(function Row({ card, pick }: { card: Card; pick?: Pick | undefined }) {
  if (!pick) return <Link to="/child/$child" params={{ child: card.child }} className={css.childRow} data-testid={`child-${card.child}`}><Told card={card} /></Link>;
  const { on, full, flip } = pick;
  return (
    <button type="button" role="checkbox" aria-checked={on} disabled={full && !on} className={classes(css.childRow, css.pickable)} onClick={() => flip(card.child)} data-testid={`pick-${card.child}`}>
      <span className={css.pickBox} aria-hidden>{on && <CheckOutlined />}</span>
      <Told card={card} picking />
    </button>
  );
}, (before, after) => before.card === after.card && before.pick?.on === after.pick?.on && before.pick?.full === after.pick?.full && before.pick?.flip === after.pick?.flip);

/** While children are picked it matters whose they are, not what is missing in their files. */
function Told({ card, picking }: { card: Card; picking?: boolean }) {
  const { t } = useTranslation();
  const coded = useCoded();
  const why = useWhy()(card.why);
  const categories = card.categories.map((one) => coded(TABLES.category, one));
  const charge = listed(card.posts.map(({ person }) => person)) || t('charge.nobody');
  return (
    <>
      <span className={css.who}>
        <span className={css.name}>{card.name}</span>
        <span className="quiet">{[coded(TABLES.sex, card.sex), card.age !== null && t('words.years', { n: card.age })].filter(Boolean).join(' · ')}</span>
      </span>
      <span className={css.labels}><span className={css.kinds}>
        <AlarmTag mark={card.alarm} />
        {card.risk && <RiskTag risk={card.risk} />}
        {categories.slice(0, 2).map((name) => <span className="tag" key={name}>{name}</span>)}
        {categories.length > 2 && <span className="tag" title={listed(categories)}>+{categories.length - 2}</span>}
      </span>{picking ? <span className={css.marks}><span className="tag pine"><UserOutlined />{charge}</span></span> : <Marks card={card} />}</span>
      <span className={css.place}>
        <span className="clip" title={card.area?.name}>{card.area?.name}</span>
        <span className="quiet clip" title={card.school ?? undefined}>{card.school}</span>
      </span>
      {why && <span className={classes('quiet clip', css.why)} data-testid="why">{why}</span>}
      <span className={classes('num', css.visits)}>
        <span className={css.due}>{card.closed ? <span className="tag">{t('children.closed')} {card.closed.on}</span> : card.next_due ? <><DueTag due={card.due} /><span className="quiet">{card.next_due.slice(5)}</span></> : <span className="quiet">{t('children.no_due')}</span>}</span>
        <span className="quiet">{card.last_visit ? `${t('children.last_visit')} ${card.last_visit.slice(0, 10)}` : t('children.never')}</span>
      </span>
    </>
  );
}

function Marks({ card }: { card: Card }) {
  const { t } = useTranslation();
  return (
    <span className={css.marks}>
      {card.differs > 0 && <span className="tag blue"><DiffOutlined />{t('children.n_differs', { n: card.differs })}</span>}
      {card.missing > 0 && <span className="tag"><FormOutlined />{t('children.n_missing', { n: card.missing })}</span>}
    </span>
  );
}
