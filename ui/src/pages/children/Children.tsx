// The list of children: search, filters that live in the address, and rows that stay quick with a thousand of them.
import { FilterOutlined, SearchOutlined, SwapOutlined, UserAddOutlined } from '@ant-design/icons';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Button, Input, type InputRef } from 'antd';
import { lazy, Suspense, useRef, useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useAnswer } from '../../api';
import { composing } from '../../parts/keys';
import { Names } from '../../parts/names';
import { Empty, Trouble, Waiting } from '../../parts/standing';
import { asFilter, asWanted, narrows, shown, type Wanted } from './filter';
import { Filters, Order } from './Filters';
import { Kept } from './Kept';
import { Register } from './Register';
import { PickBar, usePicking } from './Picking';
import { Rows } from './Rows';
import { useSearched } from './searched';
import css from './children.module.css';

const Charge = lazy(() => import('../../parts/charge/Charge'));

export default function Children() {
  const { t } = useTranslation();
  const search = useSearch({ strict: false }) as Record<string, unknown>;
  const wanted = asWanted(search);
  const go = useNavigate();
  const want = (change: Partial<Wanted>) => void go({ to: '/children', search: asWanted({ ...wanted, ...change }) as Record<string, unknown>, replace: true });
  const listed = useAnswer('children.list', asFilter(wanted));
  const cards = shown(listed.data?.cards ?? [], wanted);
  const [registering, setRegistering] = useState(search['register'] === true);
  const me = useAnswer('me', {});
  const may = me.data?.may ?? [];
  const picking = usePicking();
  const [handing, setHanding] = useState(false);
  const [filtering, setFiltering] = useState(false);
  const box = useRef<InputRef>(null);
  const { typed, setTyped, reset, composition } = useSearched(wanted.text ?? '', (text) => want({ text }));
  const rows = useRef<HTMLDivElement>(null);
  const down = (event: KeyboardEvent) => {
    if (composing(event)) return;
    if (event.key === 'ArrowDown' || event.key === 'Enter') {
      event.preventDefault();
      rows.current?.querySelector<HTMLElement>('a, button')?.focus();
    }
  };
  const cleared = () => {
    reset('');
    void go({ to: '/children', search: wanted.sort ? { sort: wanted.sort } : {}, replace: true });
  };
  return (
    <>
      <div className={css.childrenTop}>
        <div className="row">
          <h1>{t('children.title')}</h1>
          <span className="quiet num grow" role="status" data-testid="children-count">
            {listed.data && (narrows(wanted) ? t('children.shown', { n: cards.length, total: listed.data.total }) : t('children.count', { n: listed.data.total }))}
          </span>
          <Order wanted={wanted} want={want} />
          {may.includes('hand') && !picking.on && <Button icon={<SwapOutlined />} onClick={picking.begin} data-testid="pick-begin">{t('charge.open')}</Button>}
          {may.includes('register') && <Button icon={<UserAddOutlined />} onClick={() => setRegistering(true)} data-testid="register">{t('children.register')}</Button>}
        </div>
      </div>
      <div className={css.search}>
        <Input
          ref={box} autoFocus allowClear prefix={<SearchOutlined aria-hidden />} value={typed} onChange={(event) => setTyped(event.target.value)} onKeyDown={down}
          placeholder={t('children.search')} aria-label={t('children.search')} data-testid="children-search" {...composition}
        />
        <Button className={css.fold} icon={<FilterOutlined />} aria-expanded={filtering} onClick={() => setFiltering(!filtering)} data-testid="filters-fold">{t('children.filters')}</Button>
      </div>
      <div className={css.filters} data-open={filtering || undefined}>
        <Filters wanted={wanted} want={want} />
        <Kept wanted={wanted} apply={(params) => { reset(params.text ?? ''); void go({ to: '/children', search: params as Record<string, unknown>, replace: true }); }} clear={cleared} />
      </div>
      {listed.error ? <div className="stack"><Trouble part fault={listed.error} again={() => void listed.refetch()} /><Names /></div> : !listed.data ? <Waiting /> : cards.length > 0 ? (
        <div ref={rows}><Rows cards={cards} where={JSON.stringify(wanted)} pick={picking.on ? picking.pick : undefined} /></div>
      ) : listed.data.total === 0 ? (
        <Empty title={t('children.none')} hint={t('children.none_hint')}>{may.includes('register') && <Button type="primary" onClick={() => setRegistering(true)}>{t('children.register')}</Button>}</Empty>
      ) : (
        <Empty title={t('children.nobody')} hint={t('children.nobody_hint')}><Button onClick={cleared} data-testid="filters-clear-empty">{t('children.clear')}</Button></Empty>
      )}
      {picking.on && <PickBar picking={picking} cards={cards.filter((card) => card.may.includes('hand'))} hand={() => setHanding(true)} />}
      {handing && <Suspense fallback={null}><Charge of={picking.picked} hide={() => setHanding(false)} done={picking.end} /></Suspense>}
      {registering && may.includes('register') && <Register hide={() => setRegistering(false)} name={wanted.text} />}
    </>
  );
}
