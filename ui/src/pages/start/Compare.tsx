// Still step 1: who this computer was given to, and the digits that must be the same on both screens.
import { Button } from 'antd';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { Answer } from '../../api/transport';
import { classes } from '../../style/classes';
import lock from '../../parts/lock.module.css';
import css from './start.module.css';

type Props = { grant: Answer<'shell.enrol'>; same(): void; other(): void };

export function Compare({ grant, same, other }: Props) {
  const { t } = useTranslation();
  // not the button: a second Enter out of habit must not say "the same"
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => place.current?.focus(), []);
  const digits = grant.comparison.match(/.{1,3}/g) ?? [];
  return (
    <div className="stack">
      <div>
        <p className="quiet">{t('start.found')}</p>
        <h1 data-testid="granted">{grant.district} · {grant.person}</h1>
        <p className="quiet">{t('start.not_you')}</p>
      </div>
      <div className={classes('num', css.startDigits)} ref={place} tabIndex={-1} data-testid="comparison">{digits.map((three) => <span key={three}>{three}</span>)}</div>
      <p>{t('start.compare')}</p>
      <div className={lock.foot}>
        <Button type="primary" size="large" onClick={same} data-testid="same">{t('start.same')}</Button>
        <Button size="large" onClick={other} data-testid="other">{t('start.other')}</Button>
      </div>
    </div>
  );
}
