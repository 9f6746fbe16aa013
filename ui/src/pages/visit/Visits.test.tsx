import { QueryClientProvider } from '@tanstack/react-query';
import { createMemoryHistory, createRootRoute, createRoute, createRouter, RouterProvider } from '@tanstack/react-router';
import { cleanup, render, screen } from '@testing-library/react';
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

/** A core that may write and no longer read. */
function shown(drafts: unknown[]) {
  setTransport({
    data: async (name) => {
      if (name === 'draft.list') return drafts;
      if (name === 'settings.get') return { values: {} };
      throw new CallFault(LEASE);
    },
    listen: () => () => undefined,
  });
  const root = createRootRoute();
  const router = createRouter({ routeTree: root.addChildren([createRoute({ getParentRoute: () => root, path: '/', component: Visits })]), history: createMemoryHistory() });
  render(<QueryClientProvider client={queries}><LookProvider open={false}><RouterProvider router={router as never} /></LookProvider></QueryClientProvider>);
}

test('drafts stay in sight when what was written may not be read', async () => {
  shown([{ draft: 'd', form: 'visit', about: null, children: [], names: [], opening: '刚到门口', saved: 0 }]);
  expect((await screen.findByTestId('draft')).textContent).toContain('未选儿童');
  expect((await screen.findByRole('alert')).textContent).toContain(LEASE.text);
});

test('nothing unfinished is said in words', async () => {
  shown([]);
  expect(await screen.findByText('没有没写完的走访')).toBeTruthy();
});
