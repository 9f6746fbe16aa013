// The locked desk: one large field. Deriving the key takes about a second on purpose.
import { Button, Input } from 'antd';
import type { InputRef } from 'antd';
import { useRef, useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useAct, type Fault, type ShellState } from '../../api';
import { sendsNothingYet } from '../../parts/keys';
import { classes } from '../../style/classes';
import lock from '../../parts/lock.module.css';
import css from './start.module.css';

export function Unlock({ state }: { state: ShellState }) {
  const { t } = useTranslation();
  const [secret, setSecret] = useState('');
  const [forgot, setForgot] = useState(false);
  const [seen, setSeen] = useState(false);
  const [want, setWant] = useState('');
  const field = useRef<InputRef>(null);
  const unlock = useAct('shell.unlock');
  const busy = unlock.isPending || unlock.isSuccess || state.stage === 'opening';
  const short = state.pin === 'set';
  const asked = forgot ? t('start.recovery') : t(short ? 'start.passphrase_pin' : 'start.passphrase');
  const needed = () => (forgot ? t('start.need_recovery') : t(short ? 'start.need_pin' : 'start.need_passphrase'));
  function submit(event: FormEvent) {
    event.preventDefault();
    if (busy) return;
    setWant(secret === '' ? needed() : '');
    if (secret === '') return field.current?.focus();
    // what was typed stays and is marked, so that one wrong letter can be put right or typed over
    unlock.mutate({ secret }, { onError: () => requestAnimationFrame(() => field.current?.focus({ cursor: 'all' })) });
  }
  function other() {
    setForgot(!forgot);
    setSecret('');
    setWant('');
    unlock.reset();
    field.current?.focus();
  }
  const said = ({ code, about, text }: Fault) => (code === 'wrong_pin' ? t('start.pin_left', { n: about }) : text);
  const trouble = want || (unlock.error && said(unlock.error));
  return (
    <form className="stack" onSubmit={submit} onKeyDown={sendsNothingYet} noValidate>
      <div>
        <h1>{forgot ? t('start.by_recovery') : t(short ? 'start.unlock_pin' : 'start.unlock')}</h1>
        {forgot && <p className="quiet">{t('start.by_recovery_hint')}</p>}
      </div>
      {state.aside !== null && <p className={classes('amber', lock.note)} role="note" data-testid="aside">{t('start.aside', { file: state.aside })}</p>}
      <label className={classes(lock.field, css.startLarge)}>
        <span className="visually-hidden">{asked}</span>
        <Input ref={field} size="large" className={forgot ? 'num' : ''} type={forgot || seen ? 'text' : 'password'} value={secret} onChange={(e) => setSecret(e.target.value)} readOnly={busy}
          placeholder={forgot ? 'XXXX-XXXX-XXXX-XXXX-XXXX-XXXX-XXXX-XXXX' : asked} autoFocus autoComplete="off" spellCheck={false} data-testid="field-secret" />
      </label>
      {trouble && !busy && <p className={classes('red', lock.note)} role="alert" data-testid="trouble">{trouble}</p>}
      <Button type="primary" size="large" block htmlType="submit" loading={busy} data-testid="unlock">{busy ? t('start.opening') : t('start.open')}</Button>
      <div className={css.startUnder}>
        <Button type="text" onClick={other} disabled={busy} data-testid="forgot">{forgot ? t('start.by_passphrase') : t('start.forgot')}</Button>
        {!forgot && <Button type="text" onClick={() => setSeen(!seen)} aria-pressed={seen}>{seen ? t('start.hide') : t('start.show')}</Button>}
      </div>
    </form>
  );
}
