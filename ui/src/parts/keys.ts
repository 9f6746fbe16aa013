// Keyboards and Chinese input methods: Enter never acts while a word is being composed.
import type { KeyboardEvent } from 'react';

/** Whether a key belongs to the input method (WebKit ends the composition before the keydown: 229). */
export function composing(event: { nativeEvent?: { isComposing?: boolean }; isComposing?: boolean; keyCode?: number }): boolean {
  return event.isComposing === true || event.nativeEvent?.isComposing === true || event.keyCode === 229;
}

/** An `onKeyDown` of a form: the Enter that ends a word of the input method sends nothing. */
export const sendsNothingYet = (event: KeyboardEvent) => {
  if (event.key === 'Enter' && composing(event)) event.preventDefault();
};

/** Whether a key that reaches the window was meant for something in front of the page: the finder, a box. */
export const meantElsewhere = (event: { defaultPrevented: boolean }) => event.defaultPrevented || document.querySelector('[role="dialog"]') !== null;

/** An `onKeyDown` that acts on Enter, and only when Enter is meant. */
export const onEnter = (act: () => void) => (event: KeyboardEvent) => {
  if (event.key !== 'Enter' || event.shiftKey || composing(event)) return;
  event.preventDefault();
  act();
};
