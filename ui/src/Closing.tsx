// The window is to be closed while work waits: said once, and nothing is lost either way, so Enter does what was asked for and Escape stays.
import { Modal } from 'antd';
import { useTranslation } from 'react-i18next';
import { useAct } from './api';
import { spoken } from './text';

export default function Closing({ waiting, stay }: { waiting: number; stay(): void }) {
  const { t } = useTranslation();
  const quit = useAct('shell.quit');
  return (
    <Modal
      open centered zIndex={3000} width="30em" closable={false} title={t('words.closing_title', { n: waiting })}
      okText={t('words.closing_yes')} okButtonProps={{ autoFocus: true, loading: quit.isPending, 'data-testid': 'closing-yes' }} onOk={() => quit.mutate({ sure: true })}
      cancelText={t('words.closing_no')} cancelButtonProps={{ 'data-testid': 'closing-no' }} onCancel={stay}
    >
      <p style={{ margin: 0 }} data-testid="closing">{t('words.closing')}</p>
      {quit.error && <p role="alert" className="finding red">{spoken(quit.error)}</p>}
    </Modal>
  );
}
