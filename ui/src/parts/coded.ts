// Words of codes in the chosen language: the core answers the Chinese ones, its tables have both.
import { useTranslation } from 'react-i18next';
import type { Coded, Shown } from '../api';
import { useLook } from '../look';
import { useForms } from './forms';

/** Code tables of what stands outside of a form. */
export const TABLES = { risk: 'RISK', category: 'child_category', mode: 'visit_mode', verdict: 'review_verdict', sex: 'GB2261.1', closed: 'close_reason' } as const;

/** The word of a code of a table; where only the Chinese word is known, it is looked up by that. */
export function useCoded(): (table: string | null, coded: Coded | string) => string {
  const { look } = useLook();
  const forms = useForms();
  return (table, coded) => {
    const name = typeof coded === 'string' ? coded : coded.name;
    if (look.language === 'zh') return name;
    const entries = forms?.codes.find(({ id }) => id === table)?.entries ?? [];
    return entries.find((entry) => (typeof coded === 'string' ? entry.name === coded : entry.code === coded.code))?.en ?? name;
  };
}

/** What stands in a field, in words: a code by its table, yes and no, else as it was written. */
export function useSaid(): (shown: Shown) => string {
  const { t } = useTranslation();
  const coded = useCoded();
  return ({ kind, code, cell }) => {
    const { text = '', value = null } = cell ?? {};
    if (kind === 'yes' && typeof value === 'boolean') return t(value ? 'visit.yes' : 'visit.no');
    return kind === 'code' && typeof value === 'string' ? coded(code, { code: value, name: text }) : text;
  };
}
