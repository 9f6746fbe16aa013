import { expect, test } from 'vitest';
import { asDay } from './day';

const today = '2026-11-24';

test('a date may be typed in the ways people write it', () => {
  for (const typed of ['20240506', '2024-5-6', '2024.05.06', '2024/5/6', '2024年5月6日', ' ２０２４０５０６ ']) expect(asDay(typed, today)).toBe('2024-05-06');
});

test('without a year it is the one just gone, or for a plan the next one', () => {
  expect(asDay('0506', today)).toBe('2026-05-06');
  expect(asDay('12.3', today)).toBe('2025-12-03');
  expect(asDay('0506', today, true)).toBe('2027-05-06');
  expect(asDay('1203', today, true)).toBe('2026-12-03');
});

test('a year or a month alone stays as exact as it was said', () => {
  expect(asDay('1988', today)).toBe('1988');
  expect(asDay('1988年7月', today)).toBe('1988-07');
  expect(asDay('去年', today)).toBe('去年');
});
