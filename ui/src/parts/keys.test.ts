import { expect, test, vi } from 'vitest';
import { composing, meantElsewhere, onEnter, sendsNothingYet } from './keys';

const press = (over: object) => ({ key: 'Enter', shiftKey: false, keyCode: 13, preventDefault: () => undefined, nativeEvent: {}, ...over }) as never;

test('Enter that picks a Chinese word does nothing else', () => {
  const act = vi.fn();
  onEnter(act)(press({ nativeEvent: { isComposing: true } }));
  onEnter(act)(press({ keyCode: 229 }));
  expect(act).not.toHaveBeenCalled();
  onEnter(act)(press({}));
  expect(act).toHaveBeenCalledOnce();
});

test('a key event of the window is understood as well', () => {
  expect(composing({ isComposing: true })).toBe(true);
  expect(composing({ keyCode: 65 })).toBe(false);
});

test('Ctrl+Enter in the finder does not finish the visit behind it', () => {
  expect(meantElsewhere({ defaultPrevented: false })).toBe(false);
  expect(meantElsewhere({ defaultPrevented: true })).toBe(true);
  document.body.innerHTML = '<div role="dialog"></div>';
  expect(meantElsewhere({ defaultPrevented: false })).toBe(true);
  document.body.innerHTML = '';
});

test('a form is not sent by the Enter that ends a word', () => {
  const sent = (over: object) => {
    const event = { key: 'Enter', preventDefault: vi.fn(), ...over };
    sendsNothingYet(event as never);
    return event.preventDefault.mock.calls.length === 0;
  };
  expect([sent({}), sent({ nativeEvent: { isComposing: true } }), sent({ keyCode: 229 })]).toEqual([true, false, false]);
});
