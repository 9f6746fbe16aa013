// 短口令: a few digits that open this computer's desk beside the passphrase. The rules stand in Rust (`shell.pin`).
import { App, Button, Checkbox, Input, Modal } from 'antd';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useAct, useAnswer, type Fault } from '../../api';
import { sendsNothingYet } from '../../parts/keys';
import { spoken } from '../../text';
import { Old } from './Old';
import { Setting } from './rows';
import { classes } from '../../style/classes';
import lock from '../../parts/lock.module.css';
import { announce } from '../../parts/announce';
import css from './settings.module.css';

export function Pin() {
  const { t } = useTranslation();
  const pin = useAnswer('shell.state', {}).data?.pin ?? 'none';
  const [doing, setDoing] = useState<'set' | 'drop' | null>(null);
  const close = () => setDoing(null);
  const hint = { none: t('settings.pin_none'), set: t('settings.pin_is_set'), unavailable: t('settings.pin_unavailable') }[pin];
  return (
    <>
      <Setting name={t('settings.pin')} hint={hint}>
        {pin === 'unavailable' ? null : <span className="row">
          {pin === 'set' && <Button onClick={() => setDoing('drop')} aria-label={t('settings.pin_drop_ask')} data-testid="settings-pin-drop">{t('settings.pin_drop')}</Button>}
          <Button onClick={() => setDoing('set')} aria-label={t(pin === 'set' ? 'settings.pin_other' : 'settings.pin_new')} data-testid="settings-pin">{pin === 'set' ? t('settings.change') : t('settings.pin_go')}</Button>
        </span>}
      </Setting>
      {doing === 'set' && <SetPin title={t(pin === 'set' ? 'settings.pin_other' : 'settings.pin_new')} close={close} />}
      {doing === 'drop' && <DropPin close={close} />}
    </>
  );
}

function SetPin({ title, close }: { title: string; close(): void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const set = useAct('shell.pin');
  const [secret, setSecret] = useState('');
  const [pin, setPin] = useState('');
  const [again, setAgain] = useState('');
  const [seen, setSeen] = useState(false);
  const [want, setWant] = useState('');
  function submit() {
    setWant(pin === again ? '' : t('settings.pin_not_same'));
    if (pin === again) set.mutate({ secret, pin }, { onSuccess: () => { close(); void announce(message).success(t('settings.pin_done')); } });
  }
  const field = { type: seen ? 'text' : 'password', className: 'num', inputMode: 'numeric', autoComplete: 'new-password', spellCheck: false } as const;
  return (
    <Ask title={title} what={t('settings.pin_what')} close={close} submit={submit} busy={set.isPending} ready={secret !== '' && pin !== ''} yes={t('settings.pin_set')} fault={want === '' ? set.error : null} want={want}>
      <Old value={secret} set={setSecret} />
      <div className={lock.field}>
        <label htmlFor="pin">{t('settings.pin_fresh')}</label>
        <Input id="pin" value={pin} onChange={(e) => { setPin(e.target.value); setWant(''); }} data-testid="field-pin" {...field} />
      </div>
      <div className={lock.field}>
        <label htmlFor="pin-again">{t('settings.pin_again')}</label>
        <Input id="pin-again" value={again} onChange={(e) => { setAgain(e.target.value); setWant(''); }} data-testid="field-pin-again" {...field} />
      </div>
      <Checkbox checked={seen} onChange={(e) => setSeen(e.target.checked)}>{t('settings.pin_show')}</Checkbox>
    </Ask>
  );
}

function DropPin({ close }: { close(): void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const drop = useAct('shell.pin');
  const [secret, setSecret] = useState('');
  const submit = () => drop.mutate({ secret, pin: null }, { onSuccess: () => { close(); void announce(message).success(t('settings.pin_dropped')); } });
  return (
    <Ask title={t('settings.pin_drop_ask')} what={t('settings.pin_drop_what')} close={close} submit={submit} busy={drop.isPending} ready={secret !== ''} yes={t('settings.pin_drop')} fault={drop.error}>
      <Old value={secret} set={setSecret} />
    </Ask>
  );
}

type Asked = { title: string; what: string; yes: string; busy: boolean; ready: boolean; fault: Fault | null; want?: string; close(): void; submit(): void; children: ReactNode };

/** What both dialogs have: a sentence, the fields, what is amiss, one button. */
function Ask({ title, what, yes, busy, ready, fault, want = '', close, submit, children }: Asked) {
  function send(event: FormEvent) {
    event.preventDefault();
    if (ready && !busy) submit();
  }
  return (
    <Modal open centered width="34em" footer={null} title={title} onCancel={close} maskClosable={false} destroyOnHidden>
      <form className={classes('stack', css.settingsPassphrase)} onSubmit={send} onKeyDown={sendsNothingYet} noValidate>
        <p>{what}</p>
        {children}
        {want !== '' && <p className="finding yellow" role="alert" data-testid="want">{want}</p>}
        {fault && <p className="finding red" role="alert" data-testid="trouble">{spoken(fault)}</p>}
        <div className={lock.foot}><Button type="primary" size="large" htmlType="submit" loading={busy} disabled={!ready} data-testid="pin-yes">{yes}</Button></div>
      </form>
    </Modal>
  );
}
