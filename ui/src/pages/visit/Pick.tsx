// The child of a paper note: name, pinyin or the end of a telephone number, then Enter.
import { useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useAnswer, type Card } from '../../api';
import { TABLES, useCoded } from '../../parts/coded';
import { composing } from '../../parts/keys';
import { useSearched } from '../children/searched';

const MOST = 6;

export function Pick({ pick }: { pick(card: Card): void }) {
  const { t } = useTranslation();
  const coded = useCoded();
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const { typed, setTyped, composition } = useSearched('', (next) => { setText(next); setAt(0); });
  const found = useAnswer('children.find', { text, most: MOST }, text !== '');
  const cards = text === '' || found.error ? [] : (found.data?.cards ?? []);
  const here = Math.min(at, cards.length - 1);
  // while the search is still behind what is typed, Enter would take a child nobody meant
  const fresh = text === typed.trim() && !found.isPlaceholderData && !found.isFetching;
  const keys = (event: KeyboardEvent) => {
    if (composing(event)) return;
    const card = cards[here];
    if (event.key === 'ArrowDown') setAt(Math.min(here + 1, cards.length - 1));
    else if (event.key === 'ArrowUp') setAt(Math.max(here - 1, 0));
    else if (event.key === 'Enter') { if (card && fresh) pick(card); }
    else return;
    event.preventDefault();
  };
  return (
    <div className="paper-pick">
      <label className="field-box">
        <span className="field-label">{t('visit.row_child')}</span>
        <input autoFocus className="line" role="combobox" aria-expanded={cards.length > 0} aria-controls="paper-found" aria-activedescendant={cards[here] && `paper-found-${here}`} autoComplete="off" placeholder={t('visit.row_find')} value={typed} onChange={(event) => setTyped(event.target.value)} onKeyDown={keys} data-testid="paper-child" {...composition} />
      </label>
      {text !== '' && found.error && <p className="finding red" role="alert">{found.error.text}</p>}
      {text !== '' && fresh && !found.error && cards.length === 0 && <p className="quiet" role="status">{t('visit.paper_none')}</p>}
      <ul id="paper-found" role="listbox" aria-label={t('visit.row_child')} className="paper-found">
        {cards.map((card, nth) => (
          <li key={card.child} id={`paper-found-${nth}`} role="option" aria-selected={nth === here} onMouseDown={(event) => event.preventDefault()} onClick={() => pick(card)} data-testid={`paper-found-${card.child}`}>
            <strong>{card.name}</strong>
            <span className="quiet num">{[coded(TABLES.sex, card.sex), card.age === null ? '' : t('words.years', { n: card.age })].filter(Boolean).join(' · ')}</span>
            <span className="quiet clip grow">{[card.area?.name, card.school].filter(Boolean).join(' · ')}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
