// The children looked at last, one tap away.
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useAnswer } from '../../api';
import { useRecent } from './recent';
import css from './children.module.css';

export function Recent() {
  const { t } = useTranslation();
  const recent = useRecent();
  const all = useAnswer('children.list', {});
  const cards = recent.flatMap((id) => all.data?.cards.find((card) => card.child === id) ?? []);
  if (cards.length === 0) return null;
  return (
    <span className={css.chips} data-testid="recent">
      <span className="quiet">{t('children.recent')}</span>
      {cards.map((card) => <Link key={card.child} to="/child/$child" params={{ child: card.child }} className={css.chip}>{card.name}</Link>)}
    </span>
  );
}
