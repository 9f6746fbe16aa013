// Picking children from the list to hand them over; at most so many at once.
import { Button } from 'antd';
import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAnswer, type Card } from '../../api';
import { MOST } from '../../parts/charge/moves';
import { toggled } from './filter';
import type { Pick } from './Row';
import css from './children.module.css';

export type Picking = {
  on: boolean;
  /** As they are now; picked ones stay so while the list is narrowed to others. */
  picked: Card[];
  begin(): void;
  end(): void;
  /** These as well, as far as there is room. */
  add(cards: Card[]): void;
  none(): void;
  pick(child: string): Pick;
};

export function usePicking(): Picking {
  const [ids, setIds] = useState<string[] | null>(null);
  const all = useAnswer('children.list', {}, ids !== null);
  const flip = useCallback((child: string) => setIds((now) => toggled(now ?? [], child)), []);
  const picked = (all.data?.cards ?? []).filter(({ child }) => ids?.includes(child));
  return {
    on: ids !== null, picked,
    begin: () => setIds([]),
    end: () => setIds(null),
    none: () => setIds([]),
    add: (cards) => setIds((now) => [...new Set([...(now ?? []), ...cards.map(({ child }) => child)])].slice(0, MOST)),
    pick: (child) => ({ on: ids?.includes(child) ?? false, full: (ids?.length ?? 0) >= MOST, flip }),
  };
}

/** Stays at the foot of the page: how many, and what to do with them. */
export function PickBar({ picking, cards, hand }: { picking: Picking; cards: Card[]; hand(): void }) {
  const { t } = useTranslation();
  const n = picking.picked.length;
  return (
    <div className={css.pickBar} role="group" aria-label={t('charge.open')} data-testid="pick-bar">
      <strong className="num" role="status">{t('charge.picked', { n })}</strong>
      <span className="quiet num grow">{t('charge.most', { n: MOST })}</span>
      {n > 0 && <Button type="text" onClick={picking.none} data-testid="pick-none">{t('charge.none')}</Button>}
      <Button onClick={() => picking.add(cards)} disabled={n >= MOST} data-testid="pick-all">{t('charge.all')}</Button>
      <Button onClick={picking.end} data-testid="pick-end">{t('words.cancel')}</Button>
      <Button type="primary" disabled={n === 0} onClick={hand} data-testid="pick-hand">{t('charge.to')}</Button>
    </div>
  );
}
