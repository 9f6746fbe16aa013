import { expect, test } from 'vitest';
import { asTyped, asValue } from './typed';

const cell = (value: string | number | null) => ({ value, text: '', masked: false, differs: false, said: [] });

test('whatever is typed goes to Rust as it was typed', () => {
  expect(asValue('money', ' 1,350.5元 ')).toBe('1,350.5元');
  expect(asValue('int', '三个')).toBe('三个');
  expect(asValue('day', '0506')).toBe('0506');
  expect(asValue('day', '去年夏天')).toBe('去年夏天');
});

test('money is kept in fen and shown in yuan', () => {
  expect(asTyped('money', cell(135050))).toBe('1350.50');
  expect(asTyped('money', cell(90000))).toBe('900');
});

test('an emptied field is empty, not 未采集', () => {
  expect(asValue('text', '  ')).toBeUndefined();
  expect(asTyped('text', cell(null))).toBe('');
});

test('the blanks inside a long text stay', () => {
  expect(asValue('long_text', '第一行\n\n第二行\n')).toBe('第一行\n\n第二行\n');
});
