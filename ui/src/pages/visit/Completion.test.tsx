import { QueryClientProvider } from '@tanstack/react-query';
import { createMemoryHistory, createRootRoute, createRouter, RouterProvider } from '@tanstack/react-router';
import { cleanup, render, screen } from '@testing-library/react';
import { App } from 'antd';
import { afterEach, expect, test } from 'vitest';
import { queries, useAnswer } from '@/api';
import { CallFault, setTransport } from '@/api/transport';
import '@/text';
import { Completion } from './Completion';

afterEach(() => {
  cleanup();
  queries.clear();
});

const card = (child: string, name: string) => ({ child, name, may: ['visit'] });

type Desk = { cards: unknown[]; due?: unknown[]; shut?: boolean };

/** 写好了, of 张小明 (handed away meanwhile or not) on this desk. */
function finished({ cards, due = [], shut }: Desk) {
  const fault = new CallFault({ code: 'lease_over', about: '', text: '太久没有连网', en: '' });
  setTransport({
    data: async (name) => {
      if (name === 'children.names') return [{ child: 'c1', name: '张小明', area: '竹影社区' }];
      if (shut && ['children.list', 'today'].includes(name)) throw fault;
      if (name === 'children.list') return { cards, total: cards.length };
      if (name === 'today') return { overdue: due, due: [], alarms: [] };
      return name === 'shell.state' ? { practice: false } : [];
    },
    listen: () => () => undefined,
  });
  const done = { records: [{ child: 'c1', name: '张小明', visit: 'v1', next_visit: '2026-12-28' }], findings: [] };
  const router = createRouter({ routeTree: createRootRoute({ component: () => <Page done={done} /> }), history: createMemoryHistory() });
  render(<QueryClientProvider client={queries}><App><RouterProvider router={router as never} /></App></QueryClientProvider>);
}

/** The list of this person's children was answered before anything is looked at. */
function Page({ done }: { done: Parameters<typeof Completion>[0]['done'] }) {
  const all = useAnswer('children.list', {});
  return <>{(all.data ?? all.error) && <i data-testid="answered" />}<Completion done={done} /></>;
}

test('handed away while the note was written: 写好了 still says whose visit it was, and when again', async () => {
  finished({ cards: [card('c2', '李小红')] });
  await screen.findByTestId('answered');
  const line = (await screen.findByText('张小明')).closest('li');
  expect(line?.textContent).toBe('张小明 · 下次 2026-12-28');
  expect(screen.getByText('张小明').getAttribute('href')).toBe('/visit/v1');
});

test('of a child that is still hers the name of its file stands there, as it was corrected meanwhile', async () => {
  finished({ cards: [card('c1', '张晓明')] });
  expect(await screen.findByText('张晓明')).toBeTruthy();
  expect(screen.queryByText('张小明')).toBeNull();
});

test('too long without a network it says whose visit it was as well', async () => {
  finished({ cards: [], shut: true });
  await screen.findByTestId('answered');
  expect(await screen.findByText('张小明')).toBeTruthy();
});

test('from there on to the next who is due, never to the one just visited', async () => {
  finished({ cards: [card('c1', '张小明'), card('c2', '李小红')], due: [card('c1', '张小明'), card('c2', '李小红')] });
  expect(await screen.findByText('接着去看李小红？')).toBeTruthy();
  expect(screen.queryByText('接着去看张小明？')).toBeNull();
});
