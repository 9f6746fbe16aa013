// Step 1: where the district is, and the one-time code of the station.
import { Button, Input } from 'antd';
import { useState, type ClipboardEvent, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useAct, type Fault } from '../../api';
import type { Args } from '../../api/transport';
import { spoken } from '../../text';
import { apart } from './line';
import { classes } from '../../style/classes';
import lock from '../../parts/lock.module.css';

type Props = { label: string; warned: boolean; ask(args: Args<'shell.enrol'>): void; asking: boolean; fault: Fault | null };

export function Join({ label, warned, ask, asking, fault }: Props) {
  const { t } = useTranslation();
  const [address, setAddress] = useState('');
  const [code, setCode] = useState('');
  const [name, setName] = useState(label);
  const [want, setWant] = useState('');
  function split(text: string): boolean {
    const line = apart(text);
    if (line.address === '' || line.code === '') return false;
    setAddress(line.address);
    setCode(line.code);
    return true;
  }
  const paste = (event: ClipboardEvent) => split(event.clipboardData.getData('text')) && event.preventDefault();
  function submit(event: FormEvent) {
    event.preventDefault();
    const missing = address.trim() === '' ? t('start.need_address') : code.trim() === '' ? t('start.need_code') : name.trim() === '' ? t('start.need_label') : '';
    setWant(missing);
    if (missing === '') ask({ address: address.trim(), code: code.trim(), label: name.trim() });
  }
  // nothing can go on without a line here
  const trouble = want || (fault && ['offline', 'timeout'].includes(fault.code) ? t('start.no_line') : fault && spoken(fault));
  return (
    <form className="stack" onSubmit={submit} noValidate>
      <div>
        <h1>{t('start.join')}</h1>
        <p className="quiet">{t('start.join_hint')}</p>
      </div>
      {warned && <p className={classes('amber', lock.note)} role="alert">{t('start.other_digits')}</p>}
      <label className={lock.field}>
        <span>{t('start.address')}</span>
        <Input value={address} onChange={(e) => setAddress(e.target.value)} onPaste={paste} onBlur={() => split(address)} placeholder={t('start.address_like')} autoFocus autoComplete="off" spellCheck={false} data-testid="field-address" />
      </label>
      <label className={lock.field}>
        <span>{t('start.code')}</span>
        <Input className="num" value={code} onChange={(e) => setCode(e.target.value)} onPaste={paste} onBlur={() => split(code)} placeholder="ABCDE-FGHJK-MNPQR-STVWX" autoComplete="off" spellCheck={false} data-testid="field-code" />
      </label>
      <label className={lock.field}>
        <span>{t('start.label')}</span>
        <Input value={name} onChange={(e) => setName(e.target.value)} maxLength={40} autoComplete="off" data-testid="field-label" />
      </label>
      {trouble && <p className={classes('red', lock.note)} role="alert" data-testid="trouble">{trouble}</p>}
      <div className={lock.foot}>
        <Button type="primary" size="large" htmlType="submit" loading={asking} data-testid="enrol">{asking ? t('start.asking') : t('words.next')}</Button>
        <Practice />
      </div>
    </form>
  );
}

function Practice() {
  const { t } = useTranslation();
  const practice = useAct('shell.practice');
  return (
    <>
      <Button type="link" loading={practice.isPending || practice.isSuccess} onClick={() => practice.mutate({ on: true })} data-testid="practice">{t('start.practice')}</Button>
      {practice.error && <p className={classes('red', lock.note)} role="alert">{spoken(practice.error)}</p>}
    </>
  );
}
