import { expect, test } from 'vitest';
import type { Card } from '@/api';
import { asFilter, asKept, asWanted, narrows, shown, toggled } from './filter';

test('an address from another page or a hand is understood as far as it goes', () => {
  expect(asWanted({ due: 'overdue' })).toEqual({ due: ['overdue'] });
  expect(asWanted({ due: ['overdue', 'someday'], risk: [3], missing: 'true', sort: 'sideways', text: '' })).toEqual({ due: ['overdue'], risk: ['3'], missing: true });
  expect(asWanted({ due: 'never', categories: null, area: {} })).toEqual({});
});

test('an order alone does not narrow the list', () => {
  expect(narrows({ sort: 'name' })).toBe(false);
  expect(narrows({ sort: 'name', differs: true })).toBe(true);
});

test('a kept filter that was spoilt is left out, the others stay', () => {
  expect(asKept([{ name: '逾期', params: { due: ['overdue'] } }, { name: 3 }, null, 'x'])).toEqual([{ name: '逾期', params: { due: ['overdue'] } }]);
  expect(asKept('x')).toEqual([]);
});

test('a chip goes in and out', () => {
  expect(toggled(undefined, 'a')).toEqual(['a']);
  expect(toggled(['a', 'b'], 'a')).toEqual(['b']);
});

test('children in nobody’s charge are asked for without a post and picked out here', () => {
  const cards = [{ child: 'a', posts: [] }, { child: 'b', posts: [{ post: 'p' }] }] as unknown as Card[];
  expect(asFilter(asWanted({ post: 'nobody', area: '1' }))).toEqual({ area: '1' });
  expect(shown(cards, { post: 'nobody' }).map(({ child }) => child)).toEqual(['a']);
  expect(asFilter({ post: 'p' })).toEqual({ post: 'p' });
  expect(shown(cards, { post: 'p' })).toHaveLength(2);
});
