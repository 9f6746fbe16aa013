// 已保存在本机 17:32 · 待上传 12 条（本机已保存） · 最近同步 08:40. Offline is grey, never red.
import { UserOutlined } from '@ant-design/icons';
import { Link } from '@tanstack/react-router';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { useAnswer } from './api';
import { useSavedAt } from './parts/saved';
import { useSyncing } from './parts/syncing';
import { clock } from './parts/time';
import { spoken } from './text';
import { classes } from './style/classes';
import css from './frame.module.css';

export function StatusLine() {
  const { t } = useTranslation();
  const shell = useAnswer('shell.state', {});
  const me = useAnswer('me', {});
  const saved = useSavedAt();
  return (
    <footer className={css.status} data-testid="status">
      {me.data?.name && <span className={css.who}><UserOutlined aria-hidden /> {me.data.name}</span>}
      <span data-testid="status-saved"><span className={classes(css.dot, css.fine)} />{saved ? t('words.saved_at', { time: clock(saved) }) : t('words.saved')}</span>
      {shell.data?.practice ? <span data-testid="status-practice"><span className={css.dot} />{t('words.practising')}</span> : <Travels />}
    </footer>
  );
}

/** What is on its way to the centre; nothing is, in the practice district. */
function Travels() {
  const { t } = useTranslation();
  const { state, error, busy, trouble, waiting, last, now } = useSyncing();
  return (
    <>
      {state?.revoked && <span data-testid="status-stopped"><span className={classes(css.dot, css.wait)} />{t('words.stopped_short')}</span>}
      <span data-testid="status-waiting">
        <span className={waiting > 0 ? classes(css.dot, css.wait) : css.dot} />
        {waiting > 0 ? <>{t('words.waiting_n', { n: waiting })}<span className={css.wide}>{t('words.waiting_safe')}</span></> : state ? t('words.nothing_waiting') : error ? spoken(error) : '…'}
      </span>
      <span data-testid="status-synced" role="status"><span className={css.dot} />{last}</span>
      <span className="grow clip">{trouble && <Link to="/settings" className={css.statusTrouble} title={spoken(trouble)} data-testid="status-trouble">{spoken(trouble)}</Link>}</span>
      <Button size="small" type="text" loading={busy} onClick={now} data-testid="sync-now">{t('words.sync_now')}</Button>
    </>
  );
}
