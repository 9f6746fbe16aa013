import { afterEach, expect, test } from 'vitest';
import { setTransport } from '@/api/transport';
import { carryOut, handed, holders, opposite, takenBack, type Held } from './moves';

const charge = (post: string, role: 'director' | 'social_worker' = 'director') => ({ post, role, person: `${post} somebody`, may_take: true });
const child = (id: string, ...posts: ReturnType<typeof charge>[]): Held => ({ child: id, name: id, posts });
const [yao, yin, social] = [charge('yao'), charge('yin'), charge('social', 'social_worker')];

const calls: string[] = [];
setTransport({ data: async (name, args) => void calls.push(`${name} ${(args as { post: string }).post}`), listen: () => () => undefined });
afterEach(() => void calls.splice(0));

test('handing over gives first and takes back after', async () => {
  const moves = handed([child('a', yao), child('b', yao, social)], yin, false);
  expect(moves).toEqual({ give: [{ post: 'yin', children: ['a', 'b'] }], take: [{ post: 'yao', children: ['a', 'b'] }] });
  await carryOut(moves);
  expect(calls).toEqual(['roster.assign yin', 'roster.withdraw yao']);
});

test('undo gives the old ones back before it takes from the new', async () => {
  await carryOut(opposite(handed([child('a', yao)], yin, false)));
  expect(calls).toEqual(['roster.assign yao', 'roster.withdraw yin']);
});

test('a child that is hers already is not given, so that undo leaves it to her', () => {
  const moves = handed([child('a', yao), child('b', yin), child('c')], yin, false);
  expect(moves.give).toEqual([{ post: 'yin', children: ['a', 'c'] }]);
  expect(moves.take).toEqual([{ post: 'yao', children: ['a'] }]);
});

test('a social worker replaces no director, and who is to be kept stays', () => {
  expect(handed([child('a', yao)], social, false).take).toEqual([]);
  expect(handed([child('a', yao)], yin, true)).toEqual({ give: [{ post: 'yin', children: ['a'] }], take: [] });
});

test('withdrawing takes only from whom it was asked', () => {
  expect(takenBack([child('a', yao, yin), child('b', yin)], 'yao')).toEqual({ give: [], take: [{ post: 'yao', children: ['a'] }] });
});

test('who has most of the children stands first', () => {
  expect(holders([child('a', yin), child('b', yao), child('c', yao)]).map(({ post, n }) => [post, n])).toEqual([['yao', 2], ['yin', 1]]);
});
