import { expect, test } from 'vitest';
import type { Departed } from '../../api';
import { together } from './ways';

const left = (child: string, name: string | null = null): Departed => ({ child, name, how: 'street' });

test('children handed to one person share a line, whoever is still in sight has her own', () => {
  const handed = (child: string, person: string): Departed => ({ child, name: null, how: 'handed', person });
  const lines = together([handed('a', '李梅'), left('b', '张小明'), handed('c', '李梅'), handed('d', '王芳'), left('e'), left('f')]);
  expect(lines.map((line) => line.map(({ child }) => child))).toEqual([['a', 'c'], ['b'], ['d'], ['e', 'f']]);
});
