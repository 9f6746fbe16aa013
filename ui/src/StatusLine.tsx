// 已保存在本机 17:32 · 待上传 12 条（本机已保存） · 最近同步 08:40. Offline is grey, never red.
import { Link } from '@tanstack/react-router';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { useAct, useAnswer } from './api';
import { clock } from './parts/time';
import { useSavedAt } from './parts/saved';

export function StatusLine() {
  const { t } = useTranslation();
  const sync = useAnswer('sync.state', {});
  const shell = useAnswer('shell.state', {});
  const now = useAct('shell.sync');
  const saved = useSavedAt();
  const waiting = (sync.data?.waiting ?? 0) + (sync.data?.files_waiting ?? 0);
  const syncing = shell.data?.syncing ?? false;
  const trouble = syncing ? null : shell.data?.trouble;
  return (
    <footer className="status" data-testid="status">
      <span data-testid="status-saved"><span className="dot fine" />{saved ? t('words.saved_at', { time: clock(saved) }) : t('words.saved')}</span>
      {sync.data?.revoked && <span data-testid="status-stopped"><span className="dot wait" />{t('words.stopped_short')}</span>}
      <span data-testid="status-waiting">
        <span className={waiting > 0 ? 'dot wait' : 'dot'} />
        {waiting > 0 ? <>{t('words.waiting_n', { n: waiting })}<span className="wide">{t('words.waiting_safe')}</span></> : sync.data ? t('words.nothing_waiting') : sync.error?.text ?? '…'}
      </span>
      <span data-testid="status-synced"><span className="dot" /><Synced at={sync.data?.synced ?? null} syncing={syncing} received={shell.data?.received ?? 0} /></span>
      <span className="grow clip">{trouble && <Link to="/settings" className="status-trouble" title={trouble.text} data-testid="status-trouble">{trouble.text}</Link>}</span>
      <Button size="small" type="text" loading={syncing || now.isPending} onClick={() => now.mutate({})} data-testid="sync-now">{t('words.sync_now')}</Button>
    </footer>
  );
}

function Synced({ at, syncing, received }: { at: number | null; syncing: boolean; received: number }) {
  const { t } = useTranslation();
  if (syncing) return received > 100_000 ? t('words.syncing_size', { size: (received / 1_000_000).toFixed(1) }) : t('words.syncing');
  return at === null ? t('words.never_synced') : t('words.synced', { time: clock(at) });
}
