// ↑ and ↓ go from one line to be dealt with to the next, through the whole page. Where a line went, the focus goes
// to the next of its kind, never to a line of another kind: what somebody types for one is never taken by another.
import { useEffect } from 'react';
import { composing } from '../../parts/keys';

export type LineKind = 'differs' | 'note' | 'held';

/** What every such line carries: what it is about, so that it is found again wherever it stands. */
export const line = (kind: LineKind, id: string) => ({ 'data-line': `${kind} ${id}`, tabIndex: 0 }) as const;

/** So long after the focus went to another line by itself a key is not meant for that line: it was not looked at yet. */
export const SETTLING_MS = 350;

const typing = (target: EventTarget | null) => target instanceof HTMLElement && target.closest('input, textarea, [role=radiogroup], [role=dialog]') !== null;
const lines = (kind?: LineKind) => [...document.querySelectorAll<HTMLElement>(kind ? `[data-line^="${kind} "]` : '[data-line]')];
const kindOf = (name: string) => name.split(' ')[0] as LineKind;

/** `nth`: which of its kind takes its place when it is gone; `null`: none does. */
let wanted: { name: string; nth: number | null } | null = null;
let settled = 0;

/** When what is shown of a kind became another, the line wanted has the focus; where there is none, nothing has. */
export function useWanted(kind: LineKind, shown: unknown) {
  useEffect(() => {
    if (wanted === null || kindOf(wanted.name) !== kind) return;
    const all = lines(kind);
    const same = all.find(({ dataset }) => dataset.line === wanted?.name);
    const next = wanted.nth === null ? undefined : all[Math.min(wanted.nth, all.length - 1)];
    wanted = null;
    if (same) {
      settled = 0;
      same.focus();
    } else if (next) {
      settled = Date.now();
      next.focus();
    } else letGo();
  }, [kind, shown]);
}

/** The first line of a kind has the focus when the page opens: its first key needs no arrow. */
export function useFirst(kind: LineKind) {
  useEffect(() => {
    if (typing(document.activeElement)) return;
    settled = 0;
    lines(kind)[0]?.focus({ preventScroll: true });
  }, [kind]);
}

export function useLines() {
  useEffect(() => {
    const key = (event: KeyboardEvent) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step === undefined || event.ctrlKey || event.altKey || event.metaKey || composing(event) || typing(event.target)) return;
      const all = lines();
      const at = all.findIndex((one) => one.contains(document.activeElement));
      const next = at < 0 ? all[0] : all[at + step];
      if (!next) return;
      event.preventDefault();
      settled = 0;
      next.focus();
      next.scrollIntoView({ block: 'nearest' });
    };
    window.addEventListener('keydown', key);
    return () => window.removeEventListener('keydown', key);
  }, []);
}

/** The line is about to be dealt with: the next of its kind shall have the focus. `null`: it was not. */
export function wantLine(one: HTMLElement | null) {
  const name = one?.dataset.line;
  wanted = one && name ? { name, nth: lines(kindOf(name)).indexOf(one) } : null;
}

/** The line comes back: it shall have the focus, and until it is there no key goes anywhere. */
export function wantBack(kind: LineKind, id: string) {
  letGo();
  wanted = { name: `${kind} ${id}`, nth: null };
}

function letGo() {
  if (document.activeElement instanceof HTMLElement && document.activeElement.closest('[data-line]')) document.activeElement.blur();
}

/** Keys of a line act only when the line itself or a button in it has the focus, was looked at, and no modifier is held. */
export const plain = (event: React.KeyboardEvent): boolean =>
  !event.ctrlKey && !event.altKey && !event.metaKey && !composing(event) && !typing(event.target) && Date.now() - settled > SETTLING_MS;
