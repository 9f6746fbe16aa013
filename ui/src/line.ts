// The computer has a network again: nobody waits for the next try.
import { useEffect } from 'react';
import { call } from './api';

export function useLine(practice: boolean | undefined) {
  useEffect(() => {
    if (practice !== false) return;
    // what goes wrong is said by the status line
    const back = () => void call('shell.sync', {}).catch(() => undefined);
    window.addEventListener('online', back);
    return () => window.removeEventListener('online', back);
  }, [practice]);
}
