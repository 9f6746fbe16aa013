// The rows of the list: only those in sight are drawn, arrow keys move, and "back" finds it where it was left.
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { Card } from '../../api';
import { useLook } from '../../look';
import { Row, type Pick } from './Row';
import css from './children.module.css';

/** What the search box above covers, in sizes of the text. */
const SEARCH = 4.5;

/** Where each list was left. */
const left = new Map<string, number>();

export function Rows({ cards, where, pick }: { cards: Card[]; where: string; pick?: ((child: string) => Pick) | undefined }) {
  const { t } = useTranslation();
  const { look } = useLook();
  const size = look.elder ? Math.max(20, look.size) : look.size;
  const list = useRef<HTMLDivElement>(null);
  const page = () => document.getElementById('page');
  const [margin, setMargin] = useState(0);
  useLayoutEffect(() => {
    const scroller = page();
    if (!scroller || !list.current) return;
    setMargin(list.current.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop);
  }, [where, cards.length]);
  // eslint-disable-next-line react-hooks/incompatible-library -- the library's rows are made anew at each scroll on purpose
  const shown = useVirtualizer({ count: cards.length, getScrollElement: page, estimateSize: () => size * 4.9, overscan: 8, scrollMargin: margin, scrollPaddingStart: SEARCH * size, getItemKey: (at) => cards[at]?.child ?? at });
  useEffect(() => {
    const scroller = page();
    if (!scroller) return;
    scroller.scrollTop = left.get(where) ?? 0;
    // the page that comes next is scrolled to its top: that is not this list's place
    const note = () => list.current && left.set(where, scroller.scrollTop);
    scroller.addEventListener('scroll', note, { passive: true });
    return () => scroller.removeEventListener('scroll', note);
  }, [where]);
  const move = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8, Home: -cards.length, End: cards.length }[event.key];
    const at = Number((event.target as HTMLElement).closest('[data-index]')?.getAttribute('data-index') ?? NaN);
    if (step === undefined || Number.isNaN(at)) return;
    event.preventDefault();
    const to = Math.min(cards.length - 1, Math.max(0, at + step));
    shown.scrollToIndex(to, { align: 'auto' });
    requestAnimationFrame(() => requestAnimationFrame(() => list.current?.querySelector<HTMLElement>(`[data-index="${to}"] :is(a, button)`)?.focus({ preventScroll: true })));
  };
  return (
    <div ref={list} className={css.childrenList} role="list" aria-label={t('children.moved', { n: cards.length })} style={{ height: shown.getTotalSize() }} onKeyDown={move} data-testid="children-list">
      {shown.getVirtualItems().map((item) => {
        const card = cards[item.index];
        return card && (
          <div key={item.key} ref={shown.measureElement} data-index={item.index} role="listitem" aria-posinset={item.index + 1} aria-setsize={cards.length} style={{ transform: `translateY(${item.start - margin}px)` }}>
            <Row card={card} pick={pick?.(card.child)} />
          </div>
        );
      })}
    </div>
  );
}
