// The child of a paper note: name, pinyin or the end of a telephone number, then Enter.
import { useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useAnswer } from '../../api';
import { TABLES, useCoded } from '../../parts/coded';
import { composing } from '../../parts/keys';
import { among, useShut, useShutNames } from '../../parts/names';
import { spoken } from '../../text';
import { useSearched } from '../children/searched';
import css from './visit.module.css';

const MOST = 6;

type Line = { child: string; name: string; about: string; where: string };

export function Pick({ pick }: { pick(child: string): void }) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const { typed, setTyped, composition } = useSearched('', (next) => { setText(next); setAt(0); });
  const { lines, found, shut } = useLines(text);
  const trouble = shut ?? (text !== '' ? found.error : null);
  const here = Math.min(at, lines.length - 1);
  // while the search is still behind what is typed, Enter would take a child nobody meant
  const fresh = text === typed.trim() && (shut || (!found.isPlaceholderData && !found.isFetching));
  const keys = (event: KeyboardEvent) => {
    if (composing(event)) return;
    const line = lines[here];
    if (event.key === 'ArrowDown') setAt(Math.min(here + 1, lines.length - 1));
    else if (event.key === 'ArrowUp') setAt(Math.max(here - 1, 0));
    else if (event.key === 'Enter') { if (line && fresh) pick(line.child); }
    else return;
    event.preventDefault();
  };
  return (
    <div className={css.paperPick}>
      <label className={css.fieldBox}>
        <span className={css.fieldLabel}>{t('visit.row_child')}</span>
        <input autoFocus className={css.line} role="combobox" aria-expanded={lines.length > 0} aria-controls="paper-found" aria-activedescendant={lines[here] && `paper-found-${here}`} autoComplete="off" placeholder={t(shut ? 'parts.names_search' : 'visit.row_find')} value={typed} onChange={(event) => setTyped(event.target.value)} onKeyDown={keys} data-testid="paper-child" {...composition} />
      </label>
      {trouble && <p className={shut ? 'quiet' : 'finding red'} role="alert">{spoken(trouble)}</p>}
      {text !== '' && fresh && (shut || !found.error) && lines.length === 0 && <p className="quiet" role="status">{t('visit.paper_none')}</p>}
      <ul id="paper-found" role="listbox" aria-label={t('visit.row_child')} className={css.paperFound}>
        {lines.map(({ child, name, about, where }, nth) => (
          <li key={child} id={`paper-found-${nth}`} role="option" aria-selected={nth === here} onMouseDown={(event) => event.preventDefault()} onClick={() => pick(child)} data-testid={`paper-found-${child}`}>
            <strong>{name}</strong>
            <span className="quiet num">{about}</span>
            <span className="quiet clip grow">{where}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Who is found; while files are shut, one's own children by name. */
function useLines(text: string) {
  const { t } = useTranslation();
  const coded = useCoded();
  const shut = useShut();
  const names = useShutNames();
  const found = useAnswer('children.find', { text, most: MOST }, text !== '');
  const cards = text === '' || found.error ? [] : (found.data?.cards ?? []).filter(({ may }) => may.includes('visit'));
  const lines: Line[] = shut
    ? (text === '' ? [] : among(names, text).slice(0, MOST)).map(({ child, name, area }) => ({ child, name, about: '', where: area }))
    : cards.map((card) => ({
        child: card.child, name: card.name,
        about: [coded(TABLES.sex, card.sex), card.age === null ? '' : t('words.years', { n: card.age })].filter(Boolean).join(' · '),
        where: [card.area?.name, card.school].filter(Boolean).join(' · '),
      }));
  return { lines, found, shut };
}
