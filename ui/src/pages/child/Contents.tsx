// The contents of the file beside it, with what is missing; at small sizes a strip above.
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import css from './child.module.css';

export type Entry = { id: string; title: string; missing?: number; differs?: number };

/** How long a scroll that was asked for may take, in milliseconds; what it passes is not where one is. */
const SCROLL_MS = 700;

type Props = { name: string; entries: Entry[]; /** Whether all parts stand on the page yet. */ whole: boolean; to(id: string): void };

export function Contents({ name, entries, whole, to }: Props) {
  const { t } = useTranslation();
  const [here, setHere] = useState('summary');
  const nav = useRef<HTMLElement>(null);
  const [passing, setPassing] = useState(false);
  const still = useRef(true);
  const ids = entries.map(({ id }) => id).join(' ');
  useEffect(() => {
    const seen = new Map<string, boolean>();
    const watch = new IntersectionObserver((changes) => {
      for (const change of changes) seen.set(change.target.id.replace('part-', ''), change.isIntersecting);
      const page = document.getElementById('page');
      const end = page !== null && page.scrollTop > 0 && page.scrollTop + page.clientHeight >= page.scrollHeight - 4;
      const first = end ? ids.split(' ').at(-1) : ids.split(' ').find((id) => seen.get(id));
      if (first && still.current) setHere(first);
    }, { root: document.getElementById('page'), rootMargin: '-35% 0px -55% 0px' });
    ids.split(' ').forEach((id) => {
      const part = document.getElementById(`part-${id}`);
      if (part) watch.observe(part);
    });
    return () => watch.disconnect();
  }, [ids, whole]);
  useEffect(() => {
    // the strip of small screens follows; the page does not move for it
    const [strip, current] = [nav.current, nav.current?.querySelector<HTMLElement>('[aria-current]')];
    if (strip && current && strip.scrollWidth > strip.clientWidth) strip.scrollLeft = current.offsetLeft - strip.clientWidth / 3;
  }, [here]);
  useEffect(() => {
    still.current = !passing;
    const timer = setTimeout(() => setPassing(false), SCROLL_MS);
    return () => clearTimeout(timer);
  }, [passing]);
  const jump = (id: string) => {
    setPassing(true);
    setHere(id);
    to(id);
  };
  return (
    <nav ref={nav} className={css.contents} aria-label={t('child.contents')}>
      <span className={css.whose} aria-hidden>{name}</span>
      {entries.map(({ id, title, missing, differs }) => (
        <button key={id} type="button" aria-current={here === id ? 'true' : undefined} onClick={() => jump(id)} data-testid={`to-${id}`}>
          <span className="grow clip">{title}</span>
          {Boolean(differs) && <span className="tag blue num" title={t('child.two')}>≠{differs}</span>}
          {Boolean(missing) && <span className="tag amber num">{t('child.n_missing', { n: missing })}</span>}
        </button>
      ))}
    </nav>
  );
}
