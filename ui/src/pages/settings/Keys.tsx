// Locking, the passphrase, the PIN, the recovery code.
import { App, Button, Modal, Select } from 'antd';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useAct, useAnswer } from '../../api';
import { LOCK_MINUTES } from '../../idle';
import { announce } from '../../parts/announce';
import { savedNow } from '../../parts/saved';
import { spoken } from '../../text';
import { Passphrase } from '../start/Choose';
import { show } from '../start/shown';
import { Old } from './Old';
import { Pin } from './Pin';
import { Panel, Setting } from './rows';
import { classes } from '../../style/classes';
import lock from '../../parts/lock.module.css';
import css from './settings.module.css';

const MINUTES = [1, 3, 5, 10, 15, 30, 60];

export function Keys() {
  const { t } = useTranslation();
  const [choosing, setChoosing] = useState(false);
  return (
    <Panel title={t('settings.keys')} testid="settings-keys">
      <LockAfter />
      <Setting name={t('settings.passphrase')} hint={t('settings.passphrase_hint')}>
        <Button onClick={() => setChoosing(true)} data-testid="settings-passphrase">{t('settings.change')}</Button>
      </Setting>
      <Pin />
      <Setting name={t('settings.recovery')} hint={t('settings.recovery_hint')}><NewRecovery /></Setting>
      {choosing && <NewPassphrase close={() => setChoosing(false)} />}
    </Panel>
  );
}

function LockAfter() {
  const { t } = useTranslation();
  const settings = useAnswer('settings.get', {});
  const keep = useAct('settings.set');
  const kept = settings.data?.values['lock_minutes'];
  return (
    <Setting name={t('settings.lock')} hint={t('settings.lock_hint')}>
      <Select
        value={typeof kept === 'number' ? kept : LOCK_MINUTES} aria-label={t('settings.lock')} data-testid="lock-minutes" style={{ minWidth: '8em' }}
        onChange={(value) => keep.mutate({ key: 'lock_minutes', value }, { onSuccess: savedNow })}
        options={MINUTES.map((n) => ({ value: n, label: t('settings.minutes', { n }) }))}
      />
    </Setting>
  );
}

function NewPassphrase({ close }: { close(): void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const change = useAct('shell.passphrase');
  const [old, setOld] = useState('');
  async function chosen(passphrase: string) {
    try {
      const { recovery } = await change.mutateAsync({ passphrase, old });
      close();
      if (recovery === null) void announce(message).success(t('settings.passphrase_done'));
      else show(recovery);
    } catch {
      // the fault stands in the dialog
    }
  }
  return (
    <Modal open centered width="34em" footer={null} title={t('settings.passphrase_new')} onCancel={close} maskClosable={false} destroyOnHidden>
      <div className={classes('stack', css.settingsPassphrase)}>
        <Old value={old} set={setOld} />
        <Passphrase renews busy={change.isPending} label={change.isPending ? t('start.sealing') : t('settings.passphrase_set')} chosen={(passphrase) => void chosen(passphrase)} />
        {change.error && <p className="finding red" role="alert">{spoken(change.error)}</p>}
      </div>
    </Modal>
  );
}

function NewRecovery() {
  const { t } = useTranslation();
  const [asking, setAsking] = useState(false);
  const [secret, setSecret] = useState('');
  const make = useAct('shell.recovery');
  function close() {
    setAsking(false);
    setSecret('');
    make.reset();
  }
  async function submit(event: FormEvent) {
    event.preventDefault();
    try {
      const { recovery } = await make.mutateAsync({ secret });
      close();
      show(recovery);
    } catch {
      // the fault stands in the dialog
    }
  }
  return (
    <>
      <Button onClick={() => setAsking(true)} data-testid="settings-recovery">{t('settings.recovery_new')}</Button>
      <Modal open={asking} centered width="34em" footer={null} title={t('settings.recovery_ask')} onCancel={close} maskClosable={false} destroyOnHidden>
        <form className={classes('stack', css.settingsPassphrase)} onSubmit={(event) => void submit(event)} noValidate>
          <p>{t('settings.recovery_void')}</p>
          <Old value={secret} set={setSecret} />
          {make.error && <p className="finding red" role="alert">{spoken(make.error)}</p>}
          <div className={lock.foot}><Button type="primary" size="large" htmlType="submit" loading={make.isPending} disabled={secret === ''} data-testid="recovery-yes">{t('settings.recovery_yes')}</Button></div>
        </form>
      </Modal>
    </>
  );
}
