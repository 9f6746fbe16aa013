import { QueryClientProvider } from '@tanstack/react-query';
import { createMemoryHistory, createRootRoute, createRoute, createRouter, RouterProvider } from '@tanstack/react-router';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { App } from 'antd';
import { afterEach, expect, test, vi } from 'vitest';
import { queries, useAnswer } from '@/api';
import { CallFault, setTransport } from '@/api/transport';
import '@/text';
import { among, Names } from './names';

afterEach(() => {
  cleanup();
  queries.clear();
});

const LEASE = { code: 'lease_over', about: '', text: '太久没有连网，暂时不能查看档案', en: 'Too long without a network' };
const NAMES = [{ child: 'c', name: '李雨', area: '竹影社区' }, { child: 'd', name: '王小明', area: '兰溪社区' }];

function Page() {
  const today = useAnswer('today', {});
  return today.error ? <Names /> : <span>{today.data ? 'open' : 'waiting'}</span>;
}

/** A page at a core that answers `today` so; the calls it made. */
function shown(today: () => unknown): string[] {
  const calls: string[] = [];
  setTransport({
    data: async (name, args) => {
      calls.push(`${name} ${JSON.stringify(args)}`);
      if (name === 'today') return today();
      return name === 'children.names' ? NAMES : name === 'draft.list' ? [] : { draft: 'w' };
    },
    listen: () => () => undefined,
  });
  const root = createRootRoute();
  const at = (path: string, component: () => React.ReactNode) => createRoute({ getParentRoute: () => root, path, component });
  const router = createRouter({ routeTree: root.addChildren([at('/', Page), at('/visit/write/$draft', () => <span>writing</span>)]), history: createMemoryHistory() });
  render(<QueryClientProvider client={queries}><App><RouterProvider router={router as never} /></App></QueryClientProvider>);
  return calls;
}

test('when files are shut a visit is begun by name, and what is shut is asked for once', async () => {
  const calls = shown(() => { throw new CallFault(LEASE); });
  fireEvent.click(await screen.findByTestId('visit-c'));
  expect(await screen.findByText('writing')).toBeTruthy();
  expect(calls).toContain('visit.begin {"children":["c"]}');
  expect(calls.filter((one) => one.startsWith('today'))).toHaveLength(1);
});

test('an open core is not asked for names', async () => {
  const calls = shown(() => ({}));
  await screen.findByText('open');
  await vi.waitFor(() => expect(calls).toEqual(['today {}']));
});

test('a name is found by its letters and by its community', () => {
  expect(among(NAMES, ' 雨 ').map(({ child }) => child)).toEqual(['c']);
  expect(among(NAMES, '兰溪').map(({ child }) => child)).toEqual(['d']);
});
