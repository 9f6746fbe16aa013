// The passphrase until now: whoever passes by an open window must not be able to change how it opens.
import { Input } from 'antd';
import type { InputRef } from 'antd';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import lock from '../../parts/lock.module.css';

export function Old({ value, set }: { value: string; set(value: string): void }) {
  const { t } = useTranslation();
  const field = useRef<InputRef>(null);
  useEffect(() => {
    // a dialog that opens without motion is not there yet when its fields are
    const shown = requestAnimationFrame(() => field.current?.focus());
    return () => cancelAnimationFrame(shown);
  }, []);
  return (
    <div className={lock.field}>
      <label htmlFor="old">{t('settings.passphrase_old')}</label>
      <Input ref={field} id="old" type="password" value={value} onChange={(e) => set(e.target.value)} autoComplete="current-password" autoCapitalize="off" spellCheck={false} data-testid="field-old" />
    </div>
  );
}
