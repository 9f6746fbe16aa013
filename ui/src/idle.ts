// Locks the desk after some minutes without a key or a click.
import { useEffect } from 'react';
import { call, useAnswer } from './api';
import { flushAll } from './parts/sheet';

/** Minutes when nothing else was chosen. */
export const LOCK_MINUTES = 5;

/** Locks after everything typed is on the disk: locking ends the process. */
export const lockDesk = () => flushAll().then(() => call('shell.lock', {})).catch(() => undefined);

export function useIdleLock() {
  const settings = useAnswer('settings.get', {});
  const chosen = settings.data?.values['lock_minutes'];
  const minutes = typeof chosen === 'number' && chosen >= 1 && chosen <= 60 ? chosen : LOCK_MINUTES;
  useEffect(() => {
    let last = Date.now();
    const awake = () => (last = Date.now());
    const kinds = ['keydown', 'pointerdown', 'pointermove', 'wheel', 'compositionupdate'];
    kinds.forEach((kind) => window.addEventListener(kind, awake, { passive: true, capture: true }));
    // by the clock and not by a long timer: a laptop may have slept
    const watch = setInterval(() => {
      if (Date.now() - last > minutes * 60_000) void lockDesk();
    }, 5_000);
    const gone = () => void flushAll();
    window.addEventListener('pagehide', gone);
    return () => {
      window.removeEventListener('pagehide', gone);
      clearInterval(watch);
      kinds.forEach((kind) => window.removeEventListener(kind, awake, { capture: true }));
    };
  }, [minutes]);
}
