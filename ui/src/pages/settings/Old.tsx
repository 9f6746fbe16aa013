// The passphrase until now: whoever passes by an open window must not be able to change how it opens.
import { Input } from 'antd';
import { useTranslation } from 'react-i18next';
import '../start/start.css';

export function Old({ value, set }: { value: string; set(value: string): void }) {
  const { t } = useTranslation();
  return (
    <div className="start-field">
      <label htmlFor="old">{t('settings.passphrase_old')}</label>
      <Input id="old" type="password" value={value} onChange={(e) => set(e.target.value)} autoFocus autoComplete="current-password" autoCapitalize="off" spellCheck={false} data-testid="field-old" />
    </div>
  );
}
