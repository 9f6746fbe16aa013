import { afterEach, expect, test } from 'vitest';
import { i18n, spoken, texts } from '@/text';

afterEach(() => i18n.changeLanguage('zh'));

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

test('what the core says is read in the language of the screen', async () => {
  const said = { text: '请填写姓名', en: 'Please fill in the name' };
  expect(spoken(said)).toBe('请填写姓名');
  await i18n.changeLanguage('en');
  expect([spoken(said), spoken({ text: '请填写姓名', en: '' })]).toEqual(['Please fill in the name', '请填写姓名']);
});
