import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { App } from 'antd';
import { afterEach, expect, test } from 'vitest';
import { queries } from '@/api';
import { setTransport } from '@/api/transport';
import { Sheet } from '@/parts/sheet';
import '@/text';
import { Writing } from './form';
import { Words } from './Words';

afterEach(() => {
  cleanup();
  queries.clear();
});

const NOTE = '家中整洁，物品摆放有序。张小明说想妈妈，上周三晚上又尿床了。';

/** A note being written; what was kept as phrases, each time the whole list. */
async function writing(note = NOTE, own: string[] = ['祖母在家']) {
  const kept: unknown[] = [];
  setTransport({
    data: async (name, args) => {
      if (name === 'visit.phrases') return { usual: ['孩子在校'], own };
      if (name === 'settings.set') return kept.push(args);
      return name === 'forms' ? { forms: [], codes: [] } : { draft: 'd', version: 2, children: ['c'], saved: 1, findings: [] };
    },
    listen: () => () => undefined,
  });
  const sheet = new Sheet({ draft: 'd', form: 'visit', about: null, version: 1, children: ['c'], values: { note }, begun: 1, saved: 1, findings: [] });
  render(<QueryClientProvider client={queries}><App><Writing.Provider value={sheet}><Words /></Writing.Provider></App></QueryClientProvider>);
  await screen.findByText('孩子在校');
  const box = screen.getByTestId('field-note') as HTMLTextAreaElement;
  const mark = (text: string) => box.setSelectionRange(note.indexOf(text), note.indexOf(text) + text.length);
  box.setSelectionRange(note.length, note.length);
  return { kept, sheet, box, mark, keep: () => fireEvent.click(screen.getByTestId('phrase-keep')) };
}

test('what is marked is what is kept, word for word, beside those kept before', async () => {
  const { kept, mark, keep } = await writing();
  mark('物品摆放有序');
  keep();
  await waitFor(() => expect(kept).toEqual([{ key: 'phrases', value: ['祖母在家', '物品摆放有序'] }]));
  expect(await screen.findByText('已存为您的短语')).toBeTruthy();
  expect(screen.queryByTestId('phrase-proposed')).toBeNull();
});

test('with nothing marked nothing is kept: a sentence is shown, to be shortened, and of the child\'s own words none', async () => {
  const { kept, keep } = await writing();
  keep();
  const proposed = await screen.findByTestId('phrase-proposed') as HTMLInputElement;
  expect(proposed.value).toBe('家中整洁，物品摆放有序。');
  expect(screen.getByRole('group', { name: /请先看一看、改短/ })).toBeTruthy();
  expect(kept).toEqual([]);
  fireEvent.change(proposed, { target: { value: ' 家中整洁 ' } });
  expect(kept).toEqual([]);
  fireEvent.click(screen.getByTestId('phrase-ok'));
  await waitFor(() => expect(kept).toEqual([{ key: 'phrases', value: ['祖母在家', '家中整洁'] }]));
});

test('what was shown and not wanted is kept nowhere', async () => {
  const { kept, keep } = await writing();
  keep();
  await screen.findByTestId('phrase-proposed');
  fireEvent.click(screen.getByText('取消'));
  expect(screen.queryByTestId('phrase-proposed')).toBeNull();
  expect(screen.getByTestId('phrase-keep')).toBeTruthy();
  await new Promise((over) => setTimeout(over, 50));
  expect(kept).toEqual([]);
});

test('of an empty note there is nothing to keep, and that is said', async () => {
  const { kept, keep } = await writing('');
  keep();
  expect(await screen.findByText('先写一句，再存为短语')).toBeTruthy();
  expect(kept).toEqual([]);
});

test('one that is there already is not there twice', async () => {
  const { kept, mark, keep } = await writing('祖母在家，都好。');
  mark('祖母在家');
  keep();
  keep();
  await new Promise((over) => setTimeout(over, 50));
  expect(kept).toEqual([]);
});

test('a phrase goes in at the caret, in place of what is marked', async () => {
  const { sheet, box, mark } = await writing();
  mark('家中整洁');
  fireEvent.click(screen.getByText('祖母在家'));
  expect(sheet.values.note).toBe(`祖母在家${NOTE.slice(4)}`);
  expect(box.value).toBe(sheet.values.note);
});
