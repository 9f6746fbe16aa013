import { expect, test } from 'vitest';
import { untilMidnight } from './anew';

test('midnight is China’s, whatever the computer says', () => {
  const at = Date.parse('2026-11-24T23:59:30+08:00');
  expect(untilMidnight(at)).toBe(30_000);
  expect(untilMidnight(Date.parse('2026-11-25T00:00:00+08:00'))).toBe(86_400_000);
});
