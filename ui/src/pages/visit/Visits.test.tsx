import { QueryClientProvider } from '@tanstack/react-query';
import { createMemoryHistory, createRootRoute, createRoute, createRouter, RouterProvider } from '@tanstack/react-router';
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { App } from 'antd';
import { afterEach, expect, test } from 'vitest';
import { queries } from '@/api';
import { CallFault, setTransport } from '@/api/transport';
import { LookProvider } from '@/look';
import '@/text';
import Visits from './Visits';

afterEach(() => {
  cleanup();
  queries.clear();
});

const LEASE = { code: 'lease_over', about: '', text: '太久没有连网，暂时不能查看档案', en: 'Too long without a network' };

/** A core that may write and no longer read; the answer is what was thrown away. `opened`: the draft it has open. */
function shown(drafts: unknown[], opened?: unknown): unknown[] {
  const dropped: unknown[] = [];
  setTransport({
    data: async (name, args) => {
      if (name === 'draft.open' && opened) return opened;
      if (name === 'draft.drop') return dropped.push(args);
      if (name === 'draft.list') return drafts;
      if (name === 'settings.get') return { values: {} };
      throw new CallFault(LEASE);
    },
    listen: () => () => undefined,
  });
  const root = createRootRoute();
  const router = createRouter({ routeTree: root.addChildren([createRoute({ getParentRoute: () => root, path: '/', component: Visits })]), history: createMemoryHistory() });
  render(<QueryClientProvider client={queries}><LookProvider open={false}><App><RouterProvider router={router as never} /></App></LookProvider></QueryClientProvider>);
  return dropped;
}

test('drafts stay in sight when what was written may not be read', async () => {
  shown([{ draft: 'd', form: 'visit', about: null, children: [], names: [], opening: '刚到门口', saved: 0 }]);
  expect((await screen.findByTestId('draft')).textContent).toContain('未选儿童');
  expect((await screen.findByRole('alert')).textContent).toContain(LEASE.text);
});

const WORDS = '今晚接到亲戚家，明早同派出所一起上门，再问学校的老师、邻居和祖母，问清楚以后回来写评估';

test('an answer to an alarm is read whole in the list and thrown away there, wherever its alarm still stands', async () => {
  const line = { draft: 'd', form: 'alarm', about: 'v1', children: ['c1'], names: ['张小明'], opening: WORDS.slice(0, 40), saved: 0 };
  const dropped = shown([line, { ...line, draft: 'd2', form: 'visit', about: null, opening: '刚到门口' }], { ...line, values: { note: WORDS } });
  expect(await screen.findByText(WORDS)).toBeTruthy();
  expect(screen.getAllByRole('button', { name: /删除/ })).toHaveLength(1);
  fireEvent.click(screen.getByRole('button', { name: '删除：张小明' }));
  await waitFor(() => expect(dropped).toEqual([{ draft: 'd' }]));
  expect(await screen.findByText('草稿已删去')).toBeTruthy();
});

test('nothing unfinished is said in words', async () => {
  shown([]);
  expect(await screen.findByText('没有没写完的走访')).toBeTruthy();
});
