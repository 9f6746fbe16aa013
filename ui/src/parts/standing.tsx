// Waiting, trouble, emptiness: what a page shows when it has nothing to show. Each says what to do next.
import { Button, Spin } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useAct, type Fault } from '../api';
import { spoken } from '../text';

export function Waiting() {
  const { t } = useTranslation();
  return <div style={{ display: 'grid', placeItems: 'center', minHeight: '40vh' }} role="status"><Spin description={t('words.loading')} size="large" /></div>;
}

/** Instead of a page, or with `part` of one part of it: the other parts stay. */
export function Trouble({ fault, again, part, children }: { fault: Fault; again?: () => void; part?: boolean; children?: ReactNode }) {
  const { t } = useTranslation();
  return (
    <div className="panel stack" role="alert" style={part ? undefined : { maxWidth: '36em', margin: '2em auto' }} data-testid="trouble">
      {/* what to do about it stands in the band above every page */}
      <div>{fault.code === 'revoked' ? t('words.stopped') : spoken(fault)}</div>
      <div className="row trouble-do"><Remedy fault={fault} again={again} />{children}</div>
    </div>
  );
}

/** What helps: a stopped computer is not helped by asking again, one too long without a network by a sync. */
function Remedy({ fault, again }: { fault: Fault; again: (() => void) | undefined }) {
  const { t } = useTranslation();
  const sync = useAct('shell.sync');
  if (fault.code === 'revoked' || (again === undefined && fault.code !== 'lease_over')) return null;
  return fault.code === 'lease_over'
    ? <Button type="primary" loading={sync.isPending} onClick={() => sync.mutate({})}>{t('words.sync_now')}</Button>
    : <Button type="primary" onClick={again}>{t('words.again')}</Button>;
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
