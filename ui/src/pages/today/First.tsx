// No child is here: the first files are on their way, or nobody was assigned.
import { Button, Spin } from 'antd';
import { useTranslation } from 'react-i18next';
import { useAct, useAnswer } from '../../api';
import { Empty } from '../../parts/standing';
import { spoken } from '../../text';

export function First({ synced }: { synced: boolean }) {
  const { t } = useTranslation();
  const shell = useAnswer('shell.state', {});
  const station = useAnswer('me', {}).data?.station ?? false;
  const sync = useAct('shell.sync');
  const trouble = shell.data?.trouble;
  const coming = !synced && !trouble;
  const none = station ? t('today.unassigned_station') : t('today.unassigned');
  const way = station ? t('today.fetching_station') : t('today.fetching');
  const hint = synced ? t(station ? 'today.unassigned_station_hint' : 'today.unassigned_hint') : trouble ? spoken(trouble) : t('today.fetching_hint');
  return (
    <div className="panel" data-testid="today-first">
      <Empty title={synced ? none : coming ? way : t('today.not_fetched')} hint={hint}>
        {coming
          ? <p role="status" className="num"><Spin /> {t('today.came', { size: ((shell.data?.received ?? 0) / 1_000_000).toFixed(1) })}</p>
          : <Button type="primary" loading={shell.data?.syncing ?? false} onClick={() => sync.mutate({})}>{t('words.sync_now')}</Button>}
      </Empty>
    </div>
  );
}
