// That the practice district was here and is gone: locking ends the process, so only the browser's own drawer remembers.
import { useEffect, useState } from 'react';

const KEY = 'practised';

/** While practising it is noted; back at the real files the note is dropped. */
export function usePractised(practice: boolean | undefined) {
  useEffect(() => {
    if (practice === true) localStorage.setItem(KEY, 'yes');
    if (practice === false) localStorage.removeItem(KEY);
  }, [practice]);
}

/** Whether practice has just ended. */
export function useJustPractised(practice: boolean): boolean {
  const [noted] = useState(() => localStorage.getItem(KEY) !== null);
  return noted && !practice;
}
