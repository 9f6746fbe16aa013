// Waiting, trouble, emptiness: what a page shows when it has nothing to show. Each says what to do next.
import { Button, Spin } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Fault } from '../api';

export function Waiting() {
  const { t } = useTranslation();
  return <div style={{ display: 'grid', placeItems: 'center', minHeight: '40vh' }} role="status"><Spin description={t('words.loading')} size="large" /></div>;
}

export function Trouble({ fault, again }: { fault: Fault; again?: () => void }) {
  const { t } = useTranslation();
  return (
    <div className="panel stack" role="alert" style={{ maxWidth: '36em', margin: '2em auto' }}>
      <div>{fault.text}</div>
      {again && <div><Button type="primary" onClick={again}>{t('words.again')}</Button></div>}
    </div>
  );
}

export function Empty({ title, hint, children }: { title: string; hint?: string; children?: ReactNode }) {
  return (
    <div style={{ textAlign: 'center', padding: '2.5em 1em' }}>
      <svg width="72" height="56" viewBox="0 0 72 56" aria-hidden="true"><path d="M8 14a6 6 0 0 1 6-6h14l6 7h24a6 6 0 0 1 6 6v23a6 6 0 0 1-6 6H14a6 6 0 0 1-6-6z" fill="#e6f1ee" stroke="#9fc3bb" strokeWidth="2" /></svg>
      <h2 style={{ marginTop: '.4em' }}>{title}</h2>
      {hint && <p className="quiet" style={{ margin: '.3em auto 1em', maxWidth: '32em' }}>{hint}</p>}
      {children}
    </div>
  );
}
