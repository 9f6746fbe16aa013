// The six digits of a computer (核对数字), in two groups, as they are said on the telephone.
import { useTranslation } from 'react-i18next';
import css from './digits.module.css';

/** `423928` → `423 928` */
export const grouped = (digits: string) => (digits.match(/.{1,3}/g) ?? []).join(' ');

export function Digits({ of }: { of: string }) {
  const { t } = useTranslation();
  return (
    <span className={css.digits}>
      <span className="quiet">{t('people.digits')}</span>
      <strong className="num">{grouped(of)}</strong>
    </span>
  );
}
