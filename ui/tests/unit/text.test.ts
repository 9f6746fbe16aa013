import { expect, test } from 'vitest';
import { texts } from '@/text';

function keys(of: unknown, path = ''): string[] {
  if (typeof of !== 'object' || of === null) return [path];
  return Object.entries(of).flatMap(([key, inner]) => keys(inner, path ? `${path}.${key}` : key));
}

test('every sentence is there in both languages', () => {
  expect(keys(texts.en).sort()).toEqual(keys(texts.zh).sort());
});

test('no sentence uses words users never meet', () => {
  const all = JSON.stringify(texts.zh);
  expect(all).not.toMatch(/CRDT|冲突|令牌|同步失败|token|Automerge/i);
});

test('every key used in the screens is there', () => {
  const sources = import.meta.glob<string>('/src/**/*.{ts,tsx}', { eager: true, query: '?raw', import: 'default' });
  const known = new Set(keys(texts.zh).flatMap((key) => [key, key.replace(/_(one|other)$/, '')]));
  const used = Object.values(sources).flatMap((source) => [...source.matchAll(/\bt\(\s*'([a-z]+\.[\w.]+)'/g)].map((found) => found[1] ?? ''));
  expect(used.filter((key) => !known.has(key))).toEqual([]);
});
