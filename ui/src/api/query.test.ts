import { expect, test } from 'vitest';
import { concerns } from './query';

test('a file is asked for again when that child was touched, and not when another was', () => {
  expect(concerns('child:aa', 'child.open', { child: 'aa' })).toBe(true);
  expect(concerns('child:bb', 'child.open', { child: 'aa' })).toBe(false);
});

test('today listens to every visit, whoever it was about', () => {
  expect(concerns('visits:bb', 'today', {})).toBe(true);
  expect(concerns('settings', 'today', {})).toBe(false);
});
