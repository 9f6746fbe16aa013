// The contents of the file beside it, with what is missing; at small sizes a strip above.
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';

export type Entry = { id: string; title: string; missing?: number; differs?: number };

export function Contents({ entries, to }: { entries: Entry[]; to(id: string): void }) {
  const { t } = useTranslation();
  const [here, setHere] = useState('summary');
  const ids = entries.map(({ id }) => id).join(' ');
  useEffect(() => {
    const seen = new Map<string, boolean>();
    const watch = new IntersectionObserver((changes) => {
      for (const change of changes) seen.set(change.target.id.replace('part-', ''), change.isIntersecting);
      const page = document.getElementById('page');
      const end = page !== null && page.scrollTop > 0 && page.scrollTop + page.clientHeight >= page.scrollHeight - 4;
      const first = end ? ids.split(' ').at(-1) : ids.split(' ').find((id) => seen.get(id));
      if (first) setHere(first);
    }, { root: document.getElementById('page'), rootMargin: '-35% 0px -55% 0px' });
    ids.split(' ').forEach((id) => {
      const part = document.getElementById(`part-${id}`);
      if (part) watch.observe(part);
    });
    return () => watch.disconnect();
  }, [ids]);
  return (
    <nav className="contents" aria-label={t('child.contents')}>
      {entries.map(({ id, title, missing, differs }) => (
        <button key={id} type="button" aria-current={here === id ? 'true' : undefined} onClick={() => { setHere(id); to(id); }} data-testid={`to-${id}`}>
          <span className="grow">{title}</span>
          {Boolean(differs) && <span className="tag blue num" title={t('child.two')}>≠{differs}</span>}
          {Boolean(missing) && <span className="tag amber num">{t('child.n_missing', { n: missing })}</span>}
        </button>
      ))}
    </nav>
  );
}
