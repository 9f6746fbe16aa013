// A passphrase, twice, with an honest word about its strength. The rule stands in Rust (`shell.strength`).
import { Button, Checkbox, Input } from 'antd';
import { useEffect, useRef, useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { asFault, call, type Fault } from '../../api';
import type { Answer } from '../../api/transport';
import { spoken } from '../../text';
import { showCode } from './shown';
import { classes } from '../../style/classes';
import lock from '../../parts/lock.module.css';

type Strength = Answer<'shell.strength'>;
type Props = {
  /** Opened by the recovery code: a new passphrase is due. */
  reopened?: boolean;
  save(passphrase: string): Promise<{ recovery: string | null }>;
};

export function Choose({ reopened = false, save }: Props) {
  const { t } = useTranslation();
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<Fault | null>(null);
  async function chosen(passphrase: string) {
    setBusy(true);
    setFault(null);
    try {
      await showCode(() => save(passphrase));
    } catch (thrown) {
      setFault(asFault(thrown));
      setBusy(false);
    }
  }
  return (
    <div className="stack">
      <div>
        <h1>{reopened ? t('start.renew') : t('start.choose')}</h1>
        <p className="quiet">{reopened ? t('start.renew_hint') : t('start.choose_hint')}</p>
      </div>
      <Passphrase busy={busy} label={busy ? t('start.sealing') : t('words.next')} chosen={(passphrase) => void chosen(passphrase)} />
      {fault && <p className={classes('red', lock.note)} role="alert" data-testid="trouble">{spoken(fault)}</p>}
    </div>
  );
}

/** The two fields; `renews` in 设置, where the passphrase until now stands above them. */
export function Passphrase({ busy, label, chosen, renews = false }: { busy: boolean; label: string; chosen(passphrase: string): void; renews?: boolean }) {
  const { t } = useTranslation();
  const [passphrase, setPassphrase] = useState('');
  const [again, setAgain] = useState('');
  const [seen, setSeen] = useState(false);
  const [want, setWant] = useState('');
  const strength = useStrength(passphrase);
  async function submit(event: FormEvent) {
    event.preventDefault();
    if (busy) return;
    if (passphrase === '') return setWant(t('start.need_passphrase'));
    const judged = await call('shell.strength', { passphrase }).catch(() => null);
    if (judged && !judged.enough) return setWant(spoken(judged.words));
    if (again !== passphrase) return setWant(again === '' ? t('start.need_again') : t('start.not_same'));
    setWant('');
    chosen(passphrase);
  }
  const type = seen ? 'text' : 'password';
  const off = { autoComplete: 'new-password', autoCapitalize: 'off', spellCheck: false };
  return (
    <form className="stack" onSubmit={(event) => void submit(event)} noValidate>
      <div className={lock.field}>
        <label htmlFor="passphrase">{t(renews ? 'settings.passphrase_fresh' : 'start.passphrase')}</label>
        <Input id="passphrase" type={type} value={passphrase} onChange={(e) => { setPassphrase(e.target.value); setWant(''); }} autoFocus={!renews} aria-describedby="strength" data-testid="field-passphrase" {...off} />
        <Bar strength={strength} />
      </div>
      <div className={lock.field}>
        <label htmlFor="again">{t('start.again')}</label>
        <Input id="again" type={type} value={again} onChange={(e) => { setAgain(e.target.value); setWant(''); }} data-testid="field-again" {...off} />
        {again !== '' && again === passphrase && <span className={classes('pine', lock.words)}>{t('start.is_same')}</span>}
      </div>
      <Checkbox checked={seen} onChange={(e) => setSeen(e.target.checked)}>{t('start.show')}</Checkbox>
      {want && <p className={classes('amber', lock.note)} role="alert" data-testid="want">{want}</p>}
      <div className={lock.foot}><Button type="primary" size="large" htmlType="submit" loading={busy} data-testid="choose">{label}</Button></div>
    </form>
  );
}

function Bar({ strength }: { strength: Strength | null }) {
  return (
    <div id="strength" className={lock.strength} aria-live="polite">
      <span className={lock.bar} aria-hidden="true" data-score={strength ? Math.max(strength.score, 1) : 0} data-enough={strength?.enough}><i /><i /><i /><i /></span>
      <span className={classes(lock.words, strength?.enough ? 'pine' : 'amber')} data-testid="strength">{strength ? spoken(strength.words) : ''}</span>
    </div>
  );
}

/** Asked when the fingers rest; an answer to an older text is dropped. */
function useStrength(passphrase: string): Strength | null {
  const [strength, setStrength] = useState<Strength | null>(null);
  const newest = useRef(passphrase);
  useEffect(() => {
    newest.current = passphrase;
    const ask = async () => {
      const judged = passphrase === '' ? null : await call('shell.strength', { passphrase }).catch(() => null);
      if (newest.current === passphrase) setStrength(judged);
    };
    const rest = setTimeout(() => void ask(), 250);
    return () => clearTimeout(rest);
  }, [passphrase]);
  return strength;
}
