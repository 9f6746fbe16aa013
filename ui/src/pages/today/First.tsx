// No child is here: the first files are on their way, or nobody was assigned.
import { Button, Spin } from 'antd';
import { useTranslation } from 'react-i18next';
import { useAct, useAnswer } from '../../api';
import { Empty } from '../../parts/standing';

export function First({ synced }: { synced: boolean }) {
  const { t } = useTranslation();
  const shell = useAnswer('shell.state', {});
  const sync = useAct('shell.sync');
  const trouble = shell.data?.trouble;
  const coming = !synced && !trouble;
  const hint = synced ? t('today.unassigned_hint') : trouble ? trouble.text : t('today.fetching_hint');
  return (
    <div className="panel" data-testid="today-first">
      <Empty title={synced ? t('today.unassigned') : coming ? t('today.fetching') : t('today.not_fetched')} hint={hint}>
        {coming
          ? <p role="status" className="num"><Spin /> {t('today.came', { size: ((shell.data?.received ?? 0) / 1_000_000).toFixed(1) })}</p>
          : <Button type="primary" loading={shell.data?.syncing ?? false} onClick={() => sync.mutate({})}>{t('words.sync_now')}</Button>}
      </Empty>
    </div>
  );
}
