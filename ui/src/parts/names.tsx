// Too long without a network: files are shut, and a visit may still be begun. The children of one's own by name, and nothing more.
import { Input } from 'antd';
import { EditOutlined } from '@ant-design/icons';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAnswer, type ChildName, type Fault } from '../api';
import { useBeginVisit } from './begin';
import { classes } from '../style/classes';
import css from './names.module.css';

/** From so many on a box to search in stands above. */
const SEARCH = 12;

/** That files are shut, in the core's words. The frame asks for `today`; here it is only looked at, for asking again would let the page wait again. */
export function useShut(): Fault | null {
  const { error } = useAnswer('today', {}, false);
  return error?.code === 'lease_over' ? error : null;
}

/** Names with these letters in them; without pinyin, which only an open file has. */
export const among = (names: ChildName[], text: string) => names.filter(({ name, area }) => `${name} ${area}`.includes(text.trim()));

/** The names while files are shut, else none. */
export function useShutNames(): ChildName[] {
  const shut = useShut();
  const names = useAnswer('children.names', {}, shut !== null);
  return shut ? names.data ?? [] : [];
}

/** Beside the trouble that says why: everybody a visit can still be written to. */
export function Names() {
  const { t } = useTranslation();
  const names = useShutNames();
  const { begin, busy } = useBeginVisit();
  const [text, setText] = useState('');
  const places = new Set(names.map(({ area }) => area)).size;
  if (names.length === 0) return null;
  return (
    <section className={classes('panel', css.names)} aria-label={t('parts.names')} data-testid="names">
      <h2>{t('parts.names')}</h2>
      {names.length > SEARCH && <Input allowClear value={text} onChange={(event) => setText(event.target.value)} placeholder={t('parts.names_search')} aria-label={t('parts.names_search')} data-testid="names-search" />}
      <div className={css.namesAll}>
        {among(names, text).map(({ child, name, area }) => (
          <button key={child} type="button" className={css.namesOne} disabled={busy} onClick={() => void begin([child])} aria-label={t('parts.visit_of', { name })} data-testid={`visit-${child}`}>
            <EditOutlined aria-hidden /><strong>{name}</strong>{places > 1 && <span className="quiet clip">{area}</span>}
          </button>
        ))}
      </div>
    </section>
  );
}
