// That the practice district was here and is gone: locking ends the process, so only the browser's own drawer remembers.
import { useEffect, useRef, useState } from 'react';
import { savedElsewhere } from './saved';

const KEY = 'practised';

/** While practising it is noted; back at the real files the note is dropped. */
export function usePractised(practice: boolean | undefined) {
  useEffect(() => {
    if (practice === true) localStorage.setItem(KEY, 'yes');
    if (practice === false) localStorage.removeItem(KEY);
  }, [practice]);
}

/** The practice district and the real files have no page in common: from one to the other one comes home. */
export function useHome(practice: boolean | undefined) {
  const before = useRef(practice);
  useEffect(() => {
    if (before.current !== undefined && practice !== undefined && before.current !== practice) {
      location.hash = '#/';
      savedElsewhere();
    }
    before.current = practice ?? before.current;
  }, [practice]);
}

/** Whether practice has just ended. */
export function useJustPractised(practice: boolean): boolean {
  const [noted] = useState(() => localStorage.getItem(KEY) !== null);
  return noted && !practice;
}
