// The one page all screens stand in.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

test('no browser offers to translate the page: a child\'s words would leave the computer', () => {
  const page = readFileSync('index.html', 'utf8');
  expect(page).toContain('translate="no"');
  expect(page).toContain('<meta name="google" content="notranslate" />');
});
