// Why a child was found, where it is not simply its name.
import { useTranslation } from 'react-i18next';
import type { Why } from '../api';

/** In words; empty where there is nothing to say. */
export function useWhy(): (whys: Why[]) => string {
  const { t } = useTranslation();
  const word = (why: Why): string => {
    switch (why.by) {
      case 'former':
        return t('parts.why.former', { name: why.name });
      case 'guardian':
        return t('parts.why.guardian', { name: why.name });
      case 'family':
        return t('parts.why.family', { name: why.name });
      case 'id_no':
        return t('parts.why.id_no', { end: why.end });
      case 'phone':
        return t('parts.why.phone', { end: why.end });
      case 'number':
        return t('parts.why.number', { end: why.end });
      case 'school':
        return t('parts.why.school', { name: why.name });
      case 'address':
        return t('parts.why.address', { part: why.part });
      default:
        return t('parts.why.reading', { character: why.character, read: why.read });
    }
  };
  return (whys) => whys.map(word).join(' · ');
}
