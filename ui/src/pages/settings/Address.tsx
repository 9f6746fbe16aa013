// Where the district centre's server is found, and where it has moved to.
import { Button, Input } from 'antd';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useAct, useAnswer } from '../../api';
import { sendsNothingYet } from '../../parts/keys';
import { spoken } from '../../text';
import { Setting } from './rows';
import css from './settings.module.css';

export function Address({ moved }: { /** After the address changed. */ moved: () => void }) {
  const { t } = useTranslation();
  const { data } = useAnswer('district.address', {});
  const move = useAct('district.move');
  const [typed, setTyped] = useState<string | null>(null);
  const close = () => {
    setTyped(null);
    move.reset();
  };
  const keep = (event: FormEvent) => {
    event.preventDefault();
    move.mutate({ address: typed ?? '' }, { onSuccess: () => { close(); moved(); } });
  };
  if (typed === null) {
    return (
      <Setting name={t('settings.address')} hint={<span className="num">{data?.address}</span>}>
        <Button onClick={() => setTyped('')} data-testid="settings-address-change">{t('settings.change')}</Button>
      </Setting>
    );
  }
  return (
    <form onSubmit={keep} onKeyDown={sendsNothingYet} noValidate>
      <Setting name={t('settings.address')} hint={t('settings.address_hint')}>
        <Input autoFocus value={typed} onChange={(event) => setTyped(event.target.value)} placeholder={data?.address} aria-label={t('settings.address_new')} data-testid="settings-address" />
      </Setting>
      {move.error && <p className={css.settingsNote} role="alert">{spoken(move.error)}</p>}
      <div className={css.settingsDeeds}>
        <Button onClick={close}>{t('words.cancel')}</Button>
        <Button type="primary" htmlType="submit" disabled={typed.trim() === ''} loading={move.isPending} data-testid="settings-address-keep">{t('settings.address_keep')}</Button>
      </div>
    </form>
  );
}
