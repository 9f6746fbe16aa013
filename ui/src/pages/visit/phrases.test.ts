import { expect, test } from 'vitest';
import { firstWords } from './Words';

test('with nothing marked a short sentence is proposed, never a whole note about one child', () => {
  expect(firstWords('家中整洁。张小明说想妈妈，上周三晚上又尿床了。')).toBe('家中整洁。');
  expect(firstWords('没有句号'.repeat(40)).length).toBeLessThanOrEqual(40);
  expect(firstWords('  \n')).toBe('');
});
