// Whether the short tour stands over 今天. Begun after the first start, in the practice district, and from 设置.
import { useSyncExternalStore } from 'react';

let on = false;
const hearers = new Set<() => void>();

function set(next: boolean) {
  on = next;
  hearers.forEach((hear) => hear());
}

export const startTour = () => set(true);
export const endTour = () => set(false);
export const useTour = () =>
  useSyncExternalStore(
    (hear) => {
      hearers.add(hear);
      return () => hearers.delete(hear);
    },
    () => on,
  );
