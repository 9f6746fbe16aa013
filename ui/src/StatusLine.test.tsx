import { QueryClientProvider } from '@tanstack/react-query';
import { createMemoryHistory, createRootRoute, createRouter, RouterProvider } from '@tanstack/react-router';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import { queries, touched } from '@/api';
import { setTransport } from '@/api/transport';
import '@/text';
import { StatusLine } from './StatusLine';

afterEach(() => {
  cleanup();
  queries.clear();
});

function shown(practice: boolean) {
  let synced = 1_000;
  setTransport({
    data: async (name) => {
      if (name === 'shell.sync') {
        synced += 1_000;
        setTimeout(() => touched(['sync']));
      }
      return name === 'sync.state' ? { waiting: 0, files_waiting: 0, synced, held: [] } : { practice, syncing: false, received: 0, trouble: null };
    },
    listen: () => () => undefined,
  });
  const router = createRouter({ routeTree: createRootRoute({ component: StatusLine }), history: createMemoryHistory() });
  render(<QueryClientProvider client={queries}><RouterProvider router={router as never} /></QueryClientProvider>);
}

test('with nothing to do 立即同步 says that all is here', async () => {
  shown(false);
  expect(await screen.findByText(/最近同步/)).toBeTruthy();
  fireEvent.click(screen.getByTestId('sync-now'));
  expect(await screen.findByText(/已是最新/)).toBeTruthy();
});

test('in practice nothing waits to be sent, and nothing can be', async () => {
  shown(true);
  expect((await screen.findByTestId('status-practice')).textContent).toBe('练习 · 只存在本机，不会上传');
  expect(screen.queryByTestId('status-waiting')).toBeNull();
  expect(screen.queryByTestId('sync-now')).toBeNull();
});
