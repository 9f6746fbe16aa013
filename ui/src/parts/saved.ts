// When the disk last took something this person wrote. Set only after a call that saved came back.
import { useSyncExternalStore } from 'react';

let at: number | null = null;
const hearers = new Set<() => void>();

/** To be called when a saving call has answered: only then is it on the disk. */
export function savedNow() {
  at = Date.now();
  hearers.forEach((hear) => hear());
}

/** What was saved in the practice district is not said of the real files. */
export function savedElsewhere() {
  at = null;
  hearers.forEach((hear) => hear());
}

export const useSavedAt = () =>
  useSyncExternalStore(
    (hear) => {
      hearers.add(hear);
      return () => hearers.delete(hear);
    },
    () => at,
  );
