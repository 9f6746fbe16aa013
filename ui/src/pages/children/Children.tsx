// The list of children: search, filters that live in the address, and rows that stay quick with a thousand of them.
import { SearchOutlined, UserAddOutlined } from '@ant-design/icons';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useVirtualizer } from '@tanstack/react-virtual';
import { Button, Input, type InputRef } from 'antd';
import { useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useAnswer, type Card } from '../../api';
import { useLook } from '../../look';
import { composing } from '../../parts/keys';
import { Empty, Trouble, Waiting } from '../../parts/standing';
import { asFilter, asWanted, narrows, type Wanted } from './filter';
import { Filters, Order } from './Filters';
import { Kept } from './Kept';
import { Register } from './Register';
import { Row } from './Row';
import { useSearched } from './searched';
import './children.css';

/** Where each list was left, so that "back" finds it there. */
const left = new Map<string, number>();

export default function Children() {
  const { t } = useTranslation();
  const wanted = asWanted(useSearch({ strict: false }) as Record<string, unknown>);
  const go = useNavigate();
  const want = (change: Partial<Wanted>) => void go({ to: '/children', search: asWanted({ ...wanted, ...change }) as Record<string, unknown>, replace: true });
  const listed = useAnswer('children.list', asFilter(wanted));
  const [registering, setRegistering] = useState(false);
  const box = useRef<InputRef>(null);
  const { typed, setTyped, reset, composition } = useSearched(wanted.text ?? '', (text) => want({ text }));
  const rows = useRef<HTMLDivElement>(null);
  const down = (event: KeyboardEvent) => {
    if (composing(event)) return;
    if (event.key === 'ArrowDown' || event.key === 'Enter') {
      event.preventDefault();
      rows.current?.querySelector('a')?.focus();
    }
  };
  const cleared = () => {
    reset('');
    void go({ to: '/children', search: wanted.sort ? { sort: wanted.sort } : {}, replace: true });
  };
  return (
    <>
      <div className="children-top">
        <div className="row">
          <h1>{t('children.title')}</h1>
          <span className="quiet num grow" role="status" data-testid="children-count">
            {listed.data && (narrows(wanted) ? t('children.shown', { n: listed.data.cards.length, total: listed.data.total }) : t('children.count', { n: listed.data.total }))}
          </span>
          <Order wanted={wanted} want={want} />
          <Button icon={<UserAddOutlined />} onClick={() => setRegistering(true)} data-testid="register">{t('children.register')}</Button>
        </div>
        <Input
          ref={box} autoFocus allowClear prefix={<SearchOutlined aria-hidden />} value={typed} onChange={(event) => setTyped(event.target.value)} onKeyDown={down}
          placeholder={t('children.search')} aria-label={t('children.search')} data-testid="children-search" {...composition}
        />
        <Filters wanted={wanted} want={want} />
        <Kept wanted={wanted} apply={(params) => { reset(params.text ?? ''); void go({ to: '/children', search: params as Record<string, unknown>, replace: true }); }} clear={cleared} />
      </div>
      {listed.error ? <Trouble part fault={listed.error} again={() => void listed.refetch()} /> : !listed.data ? <Waiting /> : listed.data.cards.length > 0 ? (
        <div ref={rows}><Rows cards={listed.data.cards} where={JSON.stringify(wanted)} /></div>
      ) : listed.data.total === 0 ? (
        <Empty title={t('children.none')} hint={t('children.none_hint')}><Button type="primary" onClick={() => setRegistering(true)}>{t('children.register')}</Button></Empty>
      ) : (
        <Empty title={t('children.nobody')} hint={t('children.nobody_hint')}><Button onClick={cleared} data-testid="filters-clear-empty">{t('children.clear')}</Button></Empty>
      )}
      {registering && <Register hide={() => setRegistering(false)} name={wanted.text} />}
    </>
  );
}

function Rows({ cards, where }: { cards: Card[]; where: string }) {
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
  const shown = useVirtualizer({ count: cards.length, getScrollElement: page, estimateSize: () => size * 4.9, overscan: 8, scrollMargin: margin, getItemKey: (at) => cards[at]?.child ?? at });
  useEffect(() => {
    const scroller = page();
    if (!scroller) return;
    scroller.scrollTop = left.get(where) ?? 0;
    const note = () => left.set(where, scroller.scrollTop);
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
    requestAnimationFrame(() => requestAnimationFrame(() => list.current?.querySelector<HTMLElement>(`[data-index="${to}"] a`)?.focus({ preventScroll: true })));
  };
  return (
    <div ref={list} className="children-list" role="list" aria-label={t('children.moved', { n: cards.length })} style={{ height: shown.getTotalSize() }} onKeyDown={move} data-testid="children-list">
      {shown.getVirtualItems().map((item) => {
        const card = cards[item.index];
        return card && (
          <div key={item.key} ref={shown.measureElement} data-index={item.index} role="listitem" aria-posinset={item.index + 1} aria-setsize={cards.length} style={{ transform: `translateY(${item.start - margin}px)` }}>
            <Row card={card} />
          </div>
        );
      })}
    </div>
  );
}
