// ↑ and ↓ go from one line to be dealt with to the next, through the whole page.
import { useEffect } from 'react';
import { composing } from '../../parts/keys';

/** What every such line carries. */
export const LINE = { className: 'dayend-line', tabIndex: 0 } as const;

const typing = (target: EventTarget | null) => target instanceof HTMLElement && target.closest('input, textarea, [role=radiogroup], [role=dialog]') !== null;

export function useLines() {
  useEffect(() => {
    const key = (event: KeyboardEvent) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step === undefined || event.ctrlKey || event.altKey || event.metaKey || composing(event) || typing(event.target)) return;
      const all = [...document.querySelectorAll<HTMLElement>(`.${LINE.className}`)];
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

/** After a line is dealt with, the one that took its place, or the last. */
export function focusLine(at: number) {
  requestAnimationFrame(() => {
    const all = document.querySelectorAll<HTMLElement>(`.${LINE.className}`);
    all[Math.min(at, all.length - 1)]?.focus();
  });
}

/** Where a line stands among all. */
export const placeOf = (line: HTMLElement): number => [...document.querySelectorAll(`.${LINE.className}`)].indexOf(line);

/** Keys of a line act only when the line itself or a button in it has the focus, and no modifier is held. */
export const plain = (event: React.KeyboardEvent): boolean => !event.ctrlKey && !event.altKey && !event.metaKey && !composing(event) && !typing(event.target);
