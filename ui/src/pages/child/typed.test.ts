import { expect, test } from 'vitest';
import { asTyped, asValue } from './typed';

const today = '2026-11-24';
const cell = (value: string | number | null) => ({ value, text: '', masked: false, differs: false, said: [] });

test('money is typed in yuan and kept in fen', () => {
  expect(asValue('money', '1,350.5', today)).toBe(135050);
  expect(asValue('money', '900元', today)).toBe(90000);
  expect(asValue('money', '九百', today)).toBe('九百');
  expect(asTyped('money', cell(135050))).toBe('1350.50');
  expect(asTyped('money', cell(90000))).toBe('900');
});

test('an emptied field is empty, not 未采集', () => {
  expect(asValue('text', '  ', today)).toBeUndefined();
  expect(asTyped('text', cell(null))).toBe('');
});

test('what cannot be read goes to Rust as it was typed', () => {
  expect(asValue('int', '三个', today)).toBe('三个');
  expect(asValue('day', '0506', today)).toBe('2026-05-06');
  expect(asValue('day', '去年夏天', today)).toBe('去年夏天');
});

test('the blanks inside a long text stay', () => {
  expect(asValue('long_text', '第一行\n\n第二行\n', today)).toBe('第一行\n\n第二行\n');
});
