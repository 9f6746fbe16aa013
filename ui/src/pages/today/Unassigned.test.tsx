import { QueryClientProvider } from '@tanstack/react-query';
import { createMemoryHistory, createRootRoute, createRouter, RouterProvider } from '@tanstack/react-router';
import { cleanup, render, screen } from '@testing-library/react';
import { App } from 'antd';
import { afterEach, expect, test, vi } from 'vitest';
import { queries, type Departed, type Role, type Today } from '@/api';
import { setTransport } from '@/api/transport';
import '@/text';
import { gone } from './Gone';
import { Unassigned } from './Unassigned';

afterEach(() => {
  cleanup();
  queries.clear();
});

const one = (may: string[]) => (n: number) => ({ child: `c${n}`, name: `孩子${n}`, sex: '女', age: 8, risk: null, area: { code: 'a', name: '竹影社区' }, posts: [], since: n === 1 ? '2026-11-20' : null, why: [], may });
const today = (n: number, may: string[] = ['hand']) => ({ unassigned: [1, 2, 3, 4].slice(0, n).map(one(may)), unassigned_total: n }) as unknown as Today;

function shown(page: () => React.ReactNode, role: Role): string[] {
  const calls: string[] = [];
  setTransport({
    data: async (name, args) => {
      calls.push(`${name} ${JSON.stringify(args)}`);
      return name === 'me' ? { posts: [{ role }] } : {};
    },
    listen: () => () => undefined,
  });
  const router = createRouter({ routeTree: createRootRoute({ component: page as never }), history: createMemoryHistory() });
  render(<QueryClientProvider client={queries}><App><RouterProvider router={router as never} /></App></QueryClientProvider>);
  return calls;
}

test('a supervisor assigns whom nobody has, and finds the rest in the list', async () => {
  shown(() => <Unassigned today={today(4)} />, 'supervisor');
  expect(await screen.findByRole('button', { name: '分派孩子1' })).toBeTruthy();
  expect(screen.getByText('11-20 起')).toBeTruthy();
  expect(screen.queryByText('孩子4')).toBeNull();
  expect(screen.getByTestId('today-without-all').getAttribute('href')).toContain('post=nobody');
});

test('a specialist sees them and who is to be asked', async () => {
  shown(() => <Unassigned today={today(1, [])} />, 'specialist');
  expect(await screen.findByText('请儿童督导员分派')).toBeTruthy();
  expect(screen.queryByRole('button')).toBeNull();
});

test('where everybody has somebody nothing is said', async () => {
  shown(() => <><Unassigned today={today(0)} /><span>here</span></>, 'supervisor');
  expect(await screen.findByText('here')).toBeTruthy();
  expect(screen.queryByTestId('today-without')).toBeNull();
});

test('a child that left is told until it was read', async () => {
  const all: Departed[] = [{ child: 'a', name: null, how: 'handed', person: '李梅' }, { child: 'b', name: null, how: 'handed', person: '李梅' }, { child: 'c', name: '张小明', how: 'street' }];
  const calls = shown(() => <>{gone(all)}</>, 'director');
  expect(await screen.findByText('2 个孩子已移交给李梅')).toBeTruthy();
  expect(screen.getByRole('link', { name: '张小明 迁到了别的街道' })).toBeTruthy();
  screen.getAllByTestId('gone-seen')[0]?.click();
  await vi.waitFor(() => expect(calls).toContain('departed.seen {"children":["a","b"]}'));
});
