import { QueryClientProvider } from '@tanstack/react-query';
import { createMemoryHistory, createRootRoute, createRoute, createRouter, RouterProvider } from '@tanstack/react-router';
import { act, cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { App } from 'antd';
import { afterEach, expect, test } from 'vitest';
import { queries } from '@/api';
import { setTransport } from '@/api/transport';
import { Frame } from '@/Frame';
import '@/text';
import { endTour, startTour } from '@/tour';
import Today from './Today';

// jsdom has none
Element.prototype.scrollTo = () => undefined;

afterEach(() => {
  endTour();
  cleanup();
  queries.clear();
});

const card = (name: string, may: string[]) => ({ child: name, name, sex: '', age: null, birth: null, categories: [], risk: null, area: null, posts: [], school: null, unmet: 0, alarm: null, last_visit: null, next_due: null, due: null, may });

type Who = { station?: boolean; may?: string[]; due?: string[]; coming?: string[] };

/** 今天 in its frame, with the tour over it. What was kept of it. */
async function toured({ station = false, may = ['visit'], due = [], coming = [] }: Who) {
  const kept: unknown[] = [];
  setTransport({
    data: async (name, args) => {
      if (name === 'me') return { name: '赵敏', district: '澄明区', posts: [], station, may, registers: [], now: Date.parse('2026-11-28T09:00:00+08:00') };
      if (name === 'today') {
        const cards = (names: string[]) => names.map((one) => card(one, may));
        return { alarms: [], alarms_total: 0, overdue: [], due: cards(due), coming: cards(coming), unmet: [], unassigned: [], unassigned_total: 0, departed: [], returned: [], unread: 0, unread_since: null, follow_ups: [], follow_ups_total: 0, unassessed: 0, crowded: null, differing: [], drafts: 0, waiting: 0 };
      }
      if (name === 'settings.get') return { values: { toured: true } };
      if (name === 'settings.set') return kept.push(args);
      if (name === 'shell.state') return { stage: 'open', practice: false, syncing: false, received: 0, trouble: null };
      if (name === 'sync.state') return { waiting: 0, files_waiting: 0, received: 0, backed_up: 0, synced: 1, restoring: false, revoked: false, held: [], returned: [] };
      if (name === 'children.list') return { cards: [], total: 5 };
      return name === 'forms' ? { forms: [], codes: [] } : [];
    },
    listen: () => () => undefined,
  });
  const root = createRootRoute({ component: Frame });
  const router = createRouter({ routeTree: root.addChildren([createRoute({ getParentRoute: () => root, path: '/', component: Today })]), history: createMemoryHistory() });
  render(<QueryClientProvider client={queries}><App><RouterProvider router={router as never} /></App></QueryClientProvider>);
  await screen.findByTestId('today-lead');
  await screen.findByTestId('nav-me');
  act(() => startTour());
  await waitFor(() => expect(tour()).not.toBeNull());
  return kept;
}

const tour = () => document.querySelector('.ant-tour');
/** What stands on the page below the tour. */
function page(): string {
  return screen.getByRole('navigation').textContent + (document.getElementById('page')?.textContent ?? '');
}

/** Goes through the tour; what each stop says. */
async function stops(): Promise<string[]> {
  const said: string[] = [];
  for (;;) {
    const title = tour()?.querySelector('.ant-tour-title')?.textContent ?? '';
    said.push(`${title}：${tour()?.querySelector('.ant-tour-description')?.textContent ?? ''}`);
    const next = [...(tour()?.querySelectorAll('button') ?? [])].find(({ textContent }) => /下一步|开始工作/.test(textContent ?? ''));
    if (!next) throw new Error(said.join());
    const over = next.textContent?.includes('开始工作');
    fireEvent.click(next);
    if (over) return said;
    await waitFor(() => expect(tour()?.querySelector('.ant-tour-title')?.textContent).not.toBe(title));
  }
}

/** The words of buttons and parts that are quoted. */
const named = (said: string[]) => said.flatMap((one) => [...one.matchAll(/“([^”]+)”/g)].map(([, words = '']) => words));

const STATION = { station: true, may: ['review'] };

test.each<[string, Who]>([
  ['a director with somebody due', { due: ['张小明'] }],
  ['a director with nobody due', {}],
  ['a director for whom somebody will be due soon', { coming: ['张小明'] }],
  ['whoever sees the children and writes no visits', { may: [], due: ['张小明'] }],
  ['a station with somebody due', { ...STATION, due: ['张小明'] }],
  ['a station with nobody due', STATION],
])('%s is told of nothing that is not on the page', async (_, who) => {
  const kept = await toured(who);
  const there = page();
  const said = await stops();
  expect(said.length).toBe(who.station ? 5 : 4);
  for (const words of named(said)) expect(there).toContain(words);
  await waitFor(() => expect(kept[0]).toEqual({ key: 'toured', value: true }));
});

test('写走访 is named to a director as soon as a card has the button, numbers to a station as soon as there are any', async () => {
  await toured({ due: ['张小明'] });
  expect(named(await stops())).toContain('写走访');
  cleanup();
  queries.clear();
  await toured(STATION);
  const none = await stops();
  expect(screen.queryByTestId('today-sums')).toBeNull();
  expect(none.join()).not.toContain('点数字');
  cleanup();
  queries.clear();
  await toured({ ...STATION, coming: ['张小明'] });
  expect(screen.getByTestId('today-sums')).toBeTruthy();
  expect((await stops()).join()).toContain('点数字');
});

test('日终合并 is shown to a station alone: a director has no such page', async () => {
  await toured({ due: ['张小明'] });
  expect(screen.queryByTestId('nav-dayend')).toBeNull();
  expect((await stops()).join()).not.toContain('日终合并');
});
