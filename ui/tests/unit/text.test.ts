import { afterEach, expect, test } from 'vitest';
import { counted, i18n, listed, spoken, texts, titled } from '@/text';

afterEach(() => i18n.changeLanguage('zh'));

function keys(of: unknown, path = ''): string[] {
  if (typeof of !== 'object' || of === null) return [path];
  return Object.entries(of).flatMap(([key, inner]) => keys(inner, path ? `${path}.${key}` : key));
}

test('every sentence is there in both languages', () => {
  expect(keys(texts.en).sort()).toEqual(keys(texts.zh).sort());
});

/** Marks of Chinese writing; what stands between English words is never one of them. */
const CHINESE_MARKS = /[、，。；：（）？！《》]/;

test('no mark of Chinese writing stands among English words', () => {
  expect(keys(texts.en).filter((key) => CHINESE_MARKS.test(String(key.split('.').reduce<unknown>((of, part) => (of as Record<string, unknown>)[part], texts.en))))).toEqual([]);
});

test('screens join words in the language of the screen: marks stand in text/, nowhere else', () => {
  const sources = import.meta.glob<string>(['/src/**/*.tsx', '!/src/**/*.test.tsx'], { eager: true, query: '?raw', import: 'default' });
  // comments, and patterns that read what was typed, are not drawn
  const bare = (source: string) => source.replace(/\/\S+\/\w*\.(exec|test)\(/g, '(').replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '').replace(/\s\/\/ .*$/gm, '');
  expect(Object.entries(sources).filter(([, source]) => CHINESE_MARKS.test(bare(source))).map(([path]) => path)).toEqual([]);
});

test('a list reads well in both languages, a word on a button begins large in English', async () => {
  expect([listed(['甲', '乙']), counted('更多', 3), titled('yes')]).toEqual(['甲、乙', '更多（3）', 'yes']);
  await i18n.changeLanguage('en');
  expect([listed(['one', 'two']), counted('More', 3), titled('yes')]).toEqual(['one, two', 'More (3)', 'Yes']);
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
