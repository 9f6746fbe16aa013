// ↑ and ↓ go from one line to be dealt with to the next, through the whole page.
import { useEffect } from 'react';
import { composing } from '../../parts/keys';

/** What every such line carries. */
export const LINE = { 'data-line': true, tabIndex: 0 } as const;

const typing = (target: EventTarget | null) => target instanceof HTMLElement && target.closest('input, textarea, [role=radiogroup], [role=dialog]') !== null;

let wanted: number | null = null;

/** When what is shown became another, the line wanted has the focus. */
export function useWanted(shown: unknown) {
  useEffect(() => {
    if (wanted === null) return;
    const all = document.querySelectorAll<HTMLElement>('[data-line]');
    all[Math.min(wanted, all.length - 1)]?.focus();
    wanted = null;
  }, [shown]);
}

export function useLines() {
  useEffect(() => {
    const key = (event: KeyboardEvent) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step === undefined || event.ctrlKey || event.altKey || event.metaKey || composing(event) || typing(event.target)) return;
      const all = [...document.querySelectorAll<HTMLElement>('[data-line]')];
      const at = all.findIndex((line) => line.contains(document.activeElement));
      const next = at < 0 ? all[0] : all[at + step];
      if (!next) return;
      event.preventDefault();
      next.focus();
      next.scrollIntoView({ block: 'nearest' });
    };
    window.addEventListener('keydown', key);
    return () => window.removeEventListener('keydown', key);
  }, []);
}

/** The line is about to be dealt with: whichever takes its place shall have the focus. `null`: it was not. */
export function wantLine(line: HTMLElement | null) {
  wanted = line && [...document.querySelectorAll('[data-line]')].indexOf(line);
}

/** Keys of a line act only when the line itself or a button in it has the focus, and no modifier is held. */
export const plain = (event: React.KeyboardEvent): boolean => !event.ctrlKey && !event.altKey && !event.metaKey && !composing(event) && !typing(event.target);
