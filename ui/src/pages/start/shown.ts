// The recovery code while it stands on the screen: the desk waits until it was written down. Kept nowhere else.
import { useSyncExternalStore } from 'react';

/** `making`: asked for, so that the page does not jump to the desk before the code is here. */
export type Shown = { making: true } | { making: false; code: string } | null;

let shown: Shown = null;
const hearers = new Set<() => void>();

function set(next: Shown) {
  shown = next;
  hearers.forEach((hear) => hear());
}

/** Makes a recovery code and puts it on the screen; nothing else is shown until {@link putAway}. */
export async function showCode(make: () => Promise<{ recovery: string | null }>) {
  set({ making: true });
  try {
    const { recovery } = await make();
    set(recovery === null ? null : { making: false, code: recovery });
  } catch (thrown) {
    set(null);
    throw thrown;
  }
}

/** Puts a code on the screen that was made while the desk was open. */
export const show = (code: string) => set({ making: false, code });

/** The code is on paper now. */
export const putAway = () => set(null);

export const useShown = () =>
  useSyncExternalStore(
    (hear) => {
      hearers.add(hear);
      return () => hearers.delete(hear);
    },
    () => shown,
  );

/** Groups of the code as they are read aloud. */
export const groups = (code: string) => code.split('-');

/** Whether what was typed is the last group; small letters and gaps do not matter, neither does the whole code. */
export function isLast(code: string, typed: string): boolean {
  const bare = (text: string) => text.normalize('NFKC').replace(/[^0-9a-z]/gi, '').toUpperCase();
  return bare(typed) !== '' && [bare(groups(code).at(-1) ?? ''), bare(code)].includes(bare(typed));
}
