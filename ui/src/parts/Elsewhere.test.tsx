import { QueryClientProvider } from '@tanstack/react-query';
import { createMemoryHistory, createRootRoute, createRouter, RouterProvider } from '@tanstack/react-router';
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { App } from 'antd';
import { afterEach, expect, test, vi } from 'vitest';
import { queries, type Draft, type Value } from '@/api';
import { CallFault, setTransport } from '@/api/transport';
import '@/text';
import { Elsewhere } from './Elsewhere';
import { Sheet } from './sheet';

afterEach(() => {
  cleanup();
  queries.clear();
});

const SAID = { draft_newer: '另一个窗口里接着写过', draft_finished: '另一个窗口里已经完成', draft_dropped: '另一个窗口里已经删去' };
type Code = keyof typeof SAID;

const draft: Draft = { draft: 'd1', form: 'visit', children: ['c1'], about: null, values: { mode: '1' }, version: 3, begun: 1, saved: 1, findings: [] };

/** An older window of a draft that another went on with, or ended. `began`: the supplement that was begun already. */
async function older(code: Code, { form = 'visit', children = ['c1'], began = null as Record<string, Value> | null } = {}) {
  const calls: { name: string; args: Record<string, unknown> }[] = [];
  const fault = new CallFault({ code, about: 'd1', text: SAID[code], en: code });
  let mine = false;
  setTransport({
    data: async (name, args) => {
      const asked = args as Record<string, unknown>;
      if (name === 'draft.state') {
        if (!mine) throw fault;
        return {};
      }
      calls.push({ name, args: asked });
      if (name === 'draft.open') return { ...draft, version: 9 };
      if (name === 'draft.find') return began && { ...draft, draft: 's1', form: 'supplement', about: 'd1', values: began, version: 4 };
      if (name === 'draft.save' && asked.draft === 'd1' && asked.version === 3) throw fault;
      mine = true;
      return { draft: asked.draft ?? 'new', children, version: 10, saved: 7, findings: [] };
    },
    listen: () => () => undefined,
  });
  const sheet = new Sheet({ ...draft, form, children });
  const again = vi.fn();
  const router = createRouter({ routeTree: createRootRoute({ component: () => <Elsewhere sheet={sheet} again={again} /> }), history: createMemoryHistory() });
  render(<QueryClientProvider client={queries}><App><RouterProvider router={router as never} /></App></QueryClientProvider>);
  const banner = await screen.findByTestId('elsewhere');
  return { sheet, again, calls, banner, router, saves: () => calls.filter(({ name }) => name === 'draft.save').map(({ args }) => args) };
}

const buttons = () => screen.getAllByRole('button').map(({ textContent }) => textContent);

test('nothing is said while this is the only window', async () => {
  setTransport({ data: async () => ({}), listen: () => () => undefined });
  const router = createRouter({ routeTree: createRootRoute({ component: () => <><Elsewhere sheet={new Sheet(draft)} again={() => undefined} /><i data-testid="page" /></> }), history: createMemoryHistory() });
  render(<QueryClientProvider client={queries}><App><RouterProvider router={router as never} /></App></QueryClientProvider>);
  await screen.findByTestId('page');
  expect(screen.queryByTestId('elsewhere')).toBeNull();
});

test('the older window says at once that another went on writing, and offers two ways', async () => {
  const { banner, calls } = await older('draft_newer');
  expect(banner.getAttribute('role')).toBe('alert');
  expect(banner.textContent).toContain(SAID.draft_newer);
  expect(buttons()).toEqual(['看那边写的', '留下这里的']);
  // before a key was pressed here, and nothing was written over
  expect(calls).toEqual([]);
});

test('看那边写的 reads the draft anew and writes nothing', async () => {
  const { again, saves } = await older('draft_newer');
  fireEvent.click(screen.getByTestId('elsewhere-theirs'));
  expect(again).toHaveBeenCalledOnce();
  expect(saves()).toEqual([]);
});

test('留下这里的 keeps what stands here in place of theirs, and the banner goes', async () => {
  const { sheet, saves } = await older('draft_newer');
  sheet.put('note', '旧窗口里写的');
  fireEvent.click(screen.getByTestId('elsewhere-mine'));
  await waitFor(() => expect(screen.queryByTestId('elsewhere')).toBeNull());
  expect(saves()).toEqual([expect.objectContaining({ draft: 'd1', version: 9, values: { mode: '1', note: '旧窗口里写的' } })]);
});

test('a draft thrown away there can be kept here as a new one; a registration that was finished there too', async () => {
  const { sheet, saves } = await older('draft_dropped');
  expect(buttons()).toEqual(['另存为新草稿']);
  sheet.put('note', '还要');
  fireEvent.click(screen.getByTestId('elsewhere-new'));
  await waitFor(() => expect(screen.queryByTestId('elsewhere')).toBeNull());
  expect(saves()).toEqual([expect.not.objectContaining({ draft: 'd1' })]);
  cleanup();
  queries.clear();
  await older('draft_finished', { form: 'child', children: [] });
  expect(buttons()).toEqual(['另存为新草稿']);
});

test('finished there: what was written here besides becomes a supplement, with the words of the child, and leads to the note', async () => {
  const { sheet, saves, router } = await older('draft_finished');
  expect(buttons()).toEqual(['把这里的写成补充说明', '看那条记录']);
  sheet.put('note', '母亲后来打来电话');
  sheet.put('child_words', '“妈妈说春节回来”');
  fireEvent.click(screen.getByTestId('elsewhere-supplement'));
  await waitFor(() => expect(router.state.location.pathname).toBe('/visit/d1'));
  expect(saves()).toEqual([{ form: 'supplement', about: 'd1', values: { text: '母亲后来打来电话\n“妈妈说春节回来”' } }]);
  // and no ghost of the note
  await sheet.flush();
  expect(saves()).toHaveLength(1);
});

test('of two siblings the words of one never become the supplement of the other', async () => {
  const { sheet, saves, router } = await older('draft_finished', { children: ['c1', 'c2'] });
  sheet.put('note', '两个孩子都在家');
  sheet.put('child_words', '“想妈妈”');
  fireEvent.click(screen.getByTestId('elsewhere-supplement'));
  await waitFor(() => expect(router.state.location.pathname).toBe('/visit/d1'));
  expect(saves()).toEqual([{ form: 'supplement', about: 'd1', values: { text: '两个孩子都在家' } }]);
});

test('a supplement begun already keeps its words, and those of this window come below', async () => {
  const { sheet, saves, router } = await older('draft_finished', { began: { text: '学校来电' } });
  sheet.put('note', '母亲后来打来电话');
  fireEvent.click(screen.getByTestId('elsewhere-supplement'));
  await waitFor(() => expect(router.state.location.pathname).toBe('/visit/d1'));
  expect(saves()).toEqual([{ draft: 's1', version: 4, form: 'supplement', about: 'd1', values: { text: '学校来电\n母亲后来打来电话' } }]);
});
