// Ctrl+K anywhere: find a child by name, pinyin, number, guardian, school or address.
import { lazy, Suspense, useEffect, useState } from 'react';

const FinderBox = lazy(() => import('./FinderBox'));

export function useFinder() {
  const [open, setOpen] = useState(false);
  useEffect(() => {
    const key = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        setOpen(true);
      }
    };
    window.addEventListener('keydown', key);
    return () => window.removeEventListener('keydown', key);
  }, []);
  return { open, show: () => setOpen(true), hide: () => setOpen(false) };
}

export function Finder({ open, hide }: Pick<ReturnType<typeof useFinder>, 'open' | 'hide'>) {
  return open ? <Suspense fallback={null}><FinderBox hide={hide} /></Suspense> : null;
}
