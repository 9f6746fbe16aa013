// This computer was stopped: said calmly on every page, with what to do and what is safe.
import { StopOutlined } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import { useAnswer } from './api';
import css from './frame.module.css';

export function Stopped() {
  const { t } = useTranslation();
  const sync = useAnswer('sync.state', {});
  if (!sync.data?.revoked) return null;
  return (
    <div className={css.stopped} role="status" data-testid="stopped">
      <StopOutlined aria-hidden />
      <div><strong>{t('words.stopped')}</strong><div>{t('words.stopped_more')}</div></div>
    </div>
  );
}
