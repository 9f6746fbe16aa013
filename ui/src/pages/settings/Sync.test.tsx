import { QueryClientProvider } from '@tanstack/react-query';
import { createMemoryHistory, createRootRoute, createRouter, RouterProvider } from '@tanstack/react-router';
import { cleanup, render, screen } from '@testing-library/react';
import { App } from 'antd';
import { afterEach, expect, test } from 'vitest';
import { queries } from '@/api';
import { setTransport } from '@/api/transport';
import '@/text';
import { Sync } from './Sync';

afterEach(() => {
  cleanup();
  queries.clear();
});

/** 设置, 同步: so many arrived, so many of them in a backup. */
async function shown(received: number, backed_up: number, practice = false) {
  setTransport({
    data: async (name) => {
      if (name === 'sync.state') return { received, backed_up, waiting: 0, files_waiting: 0, synced: 1, restoring: false, held: [], returned: [] };
      if (name === 'shell.state') return { practice, syncing: false, received: 0, trouble: null };
      return name === 'district.address' ? { address: 'qu.example:7443' } : {};
    },
    listen: () => () => undefined,
  });
  const router = createRouter({ routeTree: createRootRoute({ component: Sync }), history: createMemoryHistory() });
  render(<QueryClientProvider client={queries}><App><RouterProvider router={router as never} /></App></QueryClientProvider>);
  await screen.findByText(practice ? /不会上传/ : /已送达区中心/);
  return screen.getByTestId('settings-sync');
}

test('what arrived is said, and no 其中 0 条已备份 frightens before the first backup', async () => {
  const panel = await shown(12, 0);
  expect(screen.getByText(/已送达/).textContent).toBe('已送达区中心 12 条');
  expect(panel.textContent).not.toContain('备份');
});

test('what was backed up has arrived as well: it is counted once, and said', async () => {
  await shown(12, 5);
  expect(screen.getByText(/已送达/).textContent).toBe('已送达区中心 17 条，其中 5 条已备份');
});

test('while practising nothing travels, and no number says so', async () => {
  expect((await shown(12, 5, true)).textContent).toBe('同步练习 · 只存在本机，不会上传');
  expect(screen.queryByText(/已送达区中心/)).toBeNull();
});
