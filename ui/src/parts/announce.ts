// What was done is said in one place: the next word takes the place of the last, and goes after its own time.
import type { App } from 'antd';
import type { ReactNode } from 'react';

type Messages = ReturnType<typeof App.useApp>['message'];

/** Seconds a word stays when nobody says how long. */
const STAYS_S = 3;

let other = false;

/** So many seconds from now on: the library begins a word's time anew only when it is another time. */
export function afresh(seconds: number): number {
  other = !other;
  return other ? seconds + 0.001 : seconds;
}

export const announce = (message: Messages) => ({
  success: (content: ReactNode, duration = STAYS_S) => message.open({ key: 'said', type: 'success', content, duration: afresh(duration) }),
  info: (content: ReactNode, duration = STAYS_S) => message.open({ key: 'said', type: 'info', content, duration: afresh(duration) }),
});
