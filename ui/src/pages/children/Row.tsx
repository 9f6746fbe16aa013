// One child in the list; the whole row is the link to the file.
import { DiffOutlined, FormOutlined } from '@ant-design/icons';
import { Link } from '@tanstack/react-router';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Card } from '../../api';
import { TABLES, useCoded } from '../../parts/coded';
import { DueTag, RiskTag } from '../../parts/tags';

export const Row = memo(function Row({ card }: { card: Card }) {
  const { t } = useTranslation();
  const coded = useCoded();
  const categories = card.categories.map((one) => coded(TABLES.category, one));
  return (
    <Link to="/child/$child" params={{ child: card.child }} className="child-row" data-testid={`child-${card.child}`}>
      <span className="who">
        <span className="name clip">{card.name}</span>
        <span className="quiet">{[coded(TABLES.sex, card.sex), card.age !== null && t('words.years', { n: card.age })].filter(Boolean).join(' · ')}</span>
      </span>
      <span className="labels"><span className="kinds">
        {card.risk && <RiskTag risk={card.risk} />}
        {categories.slice(0, 2).map((name) => <span className="tag" key={name}>{name}</span>)}
        {categories.length > 2 && <span className="tag" title={categories.join('、')}>+{categories.length - 2}</span>}
      </span><Marks card={card} /></span>
      <span className="place">
        <span className="clip">{card.area?.name}</span>
        <span className="quiet clip">{card.school}</span>
      </span>
      <span className="visits num">
        <span className="due">{card.next_due ? <><DueTag due={card.due} /><span className="quiet">{card.next_due.slice(5)}</span></> : <span className="quiet">{t('children.no_due')}</span>}</span>
        <span className="quiet">{card.last_visit ? `${t('children.last_visit')} ${card.last_visit.slice(0, 10)}` : t('children.never')}</span>
      </span>
    </Link>
  );
});

function Marks({ card }: { card: Card }) {
  const { t } = useTranslation();
  return (
    <span className="marks">
      {card.differs > 0 && <span className="tag blue"><DiffOutlined />{t('children.n_differs', { n: card.differs })}</span>}
      {card.missing > 0 && <span className="tag"><FormOutlined />{t('children.n_missing', { n: card.missing })}</span>}
    </span>
  );
}
