import { expect, test } from 'vitest';
import { dayAsked } from './day';

test('an address may ask for a day before today', () => {
  expect(dayAsked({ day: '2026-11-20' }, '2026-11-25')).toBe('2026-11-20');
});

test.each([{}, { day: '2026-11-26' }, { day: '2026-13-40' }, { day: 20261120 }, { day: ['2026-11-20'] }, { day: '昨天' }])('%j is today', (search) => {
  expect(dayAsked(search, '2026-11-25')).toBe('2026-11-25');
});
