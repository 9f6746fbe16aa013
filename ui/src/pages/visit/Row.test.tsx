import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { App } from 'antd';
import { afterEach, expect, test } from 'vitest';
import { queries } from '@/api';
import { setTransport } from '@/api/transport';
import { FormsProvider } from '@/parts/forms';
import '@/text';
import { ASPECTS } from './Aspects';
import { Writing } from './form';
import { Row } from './Row';
import { Sheet } from '@/parts/sheet';

afterEach(() => {
  cleanup();
  queries.clear();
});

const entries = [['1', '好'], ['2', '一般'], ['3', '差']].map(([code, name]) => ({ code, name, en: name }));
const fields = ASPECTS.map((key) => ({ key, title: key, en: key, code: 'dimension', need: 'must', max: 0 }));

/** A sheet of paper whose first aspect is answered already. */
async function opened() {
  setTransport({
    data: async (name) => {
      if (name === 'forms') return { forms: [{ id: 'visit', fields }], codes: [{ id: 'dimension', title: '状况', en: 'Condition', other: null, entries }] };
      if (name === 'children.list') return { cards: [], total: 0 };
      if (name === 'draft.save') return { draft: 'd', version: 2, saved: 1, children: ['c'], findings: [] };
      return [];
    },
    listen: () => () => undefined,
  });
  const sheet = new Sheet({ draft: 'd', form: 'visit', about: null, version: 1, children: ['c'], values: { visit_at: '2026-11-20T10:00:00+08:00', living: '1' }, begun: 1, saved: 1, findings: [] });
  render(<QueryClientProvider client={queries}><App><FormsProvider><Writing.Provider value={sheet}><Row sheet={sheet} done={() => undefined} left={() => undefined} /></Writing.Provider></FormsProvider></App></QueryClientProvider>);
  const first = (await screen.findByTestId('paper-living')) as HTMLInputElement;
  await waitFor(() => expect(first.value).toBe('1'));
  first.focus();
  return { sheet, first };
}

const focused = (name: string) => waitFor(() => expect(document.activeElement?.getAttribute('data-testid')).toBe(`paper-${name}`));

test('the digit that stands there already is an answer as well, and goes on', async () => {
  const { sheet, first } = await opened();
  fireEvent.keyDown(first, { key: '1' });
  await focused('guard');
  expect(sheet.values.living).toBe('1');
});

test('Enter after a digit belongs to the digit: no question is skipped', async () => {
  const { sheet, first } = await opened();
  fireEvent.keyDown(first, { key: '2' });
  await focused('guard');
  fireEvent.keyDown(document.activeElement ?? first, { key: 'Enter' });
  await focused('guard');
  fireEvent.keyDown(document.activeElement ?? first, { key: 'Enter' });
  await focused('health');
  expect(sheet.values).toMatchObject({ living: '2' });
});

test('a digit that is no answer stays where it is', async () => {
  const { first } = await opened();
  fireEvent.keyDown(first, { key: '7' });
  await new Promise((done) => requestAnimationFrame(done));
  expect(document.activeElement).toBe(first);
});
