// When everything is asked again without anything having been touched: a new day began, or the right to read came back.
import { useEffect } from 'react';
import { queries, useAnswer } from './api';
import { dayOf } from './parts/time';

const DAY_MS = 86_400_000;
/** A little after midnight, so that the core is over it, too. */
const AFTER_MS = 2_000;

/** Milliseconds until China's next midnight. */
export const untilMidnight = (now: number) => Date.parse(`${dayOf(now + DAY_MS)}T00:00:00+08:00`) - now;

/** What a stopped computer still says: nothing of any child. */
const LASTING = new Set(['shell.state', 'sync.state', 'settings.get', 'me', 'forms']);

export function useAnew() {
  useNewDay();
  useReadingBack();
}

/** Whether this computer was stopped: then what is in memory goes as well, not only what would be asked again. */
export function useStopped(): boolean {
  const revoked = useAnswer('sync.state', {}).data?.revoked === true;
  useEffect(() => {
    if (revoked) void queries.resetQueries({ predicate: ({ queryKey: [name] }) => !LASTING.has(String(name)) });
  }, [revoked]);
  return revoked;
}

function useNewDay() {
  useEffect(() => {
    let day = dayOf(Date.now());
    let timer: ReturnType<typeof setTimeout>;
    const look = () => {
      clearTimeout(timer);
      timer = setTimeout(look, untilMidnight(Date.now()) + AFTER_MS);
      if (dayOf(Date.now()) === day) return;
      day = dayOf(Date.now());
      void queries.invalidateQueries();
    };
    look();
    // a laptop that slept over midnight has not heard its timer
    window.addEventListener('focus', look);
    document.addEventListener('visibilitychange', look);
    return () => {
      clearTimeout(timer);
      window.removeEventListener('focus', look);
      document.removeEventListener('visibilitychange', look);
    };
  }, []);
}

/** A longer lease touches `sync` only, and most of what was refused does not listen to it. */
function useReadingBack() {
  const sync = useAnswer('sync.state', {});
  const [lease, revoked] = [sync.data?.lease, sync.data?.revoked];
  useEffect(() => {
    void queries.invalidateQueries({ predicate: ({ state }) => state.status === 'error' });
  }, [lease, revoked]);
}
