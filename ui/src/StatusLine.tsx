// 已保存在本机 17:32 · 待上传 12 条（本机已保存） · 最近同步 08:40. Offline is grey, never red.
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
  const waiting = sync.data?.waiting ?? 0;
  const trouble = shell.data?.trouble;
  return (
    <footer className="status" data-testid="status">
      <span><span className="dot fine" />{saved ? t('words.saved_at', { time: clock(saved) }) : t('words.saved')}</span>
      <span data-testid="status-waiting"><span className={waiting > 0 ? 'dot wait' : 'dot'} />{waiting > 0 ? t('words.waiting', { n: waiting }) : t('words.nothing_waiting')}</span>
      <span data-testid="status-synced"><span className="dot" />{shell.data?.syncing ? t('words.syncing') : sync.data?.synced ? t('words.synced', { time: clock(sync.data.synced) }) : t('words.never_synced')}</span>
      {trouble && <span className="clip grow" title={trouble.text} data-testid="status-trouble">{trouble.text}</span>}
      <Button size="small" type="text" style={{ marginLeft: 'auto' }} loading={shell.data?.syncing ?? false} onClick={() => now.mutate({})} data-testid="sync-now">{t('words.sync_now')}</Button>
    </footer>
  );
}
