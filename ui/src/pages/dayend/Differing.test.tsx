import { QueryClientProvider } from '@tanstack/react-query';
import { createMemoryHistory, createRootRoute, createRouter, RouterProvider } from '@tanstack/react-router';
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { App } from 'antd';
import { afterEach, expect, test, vi } from 'vitest';
import { queries, useAnswer, type Dayend, type Differing as One, type NamedVisit, type SettledDiffer } from '@/api';
import { setTransport } from '@/api/transport';
import '@/text';
import { DeedsHere, useDeedsOfPage } from './deeds';
import { Differing } from './Differing';
import { SETTLING_MS } from './lines';
import { Notes } from './Notes';

afterEach(() => {
  cleanup();
  queries.clear();
});

const who = (person: string, at: number) => ({ person, own: false, device: '电脑', device_id: 'd', at });
const differs = (record: string, name: string) => ({
  child: `child ${record}`, name, record, key: 'phone_child', label: { text: '电话', en: 'Telephone' }, whose: { text: '祖母 王秀英', en: 'Grandmother 王秀英' }, before: ['14000000000'], kind: 'tel', may_choose: true,
  cell: { value: null, text: '', masked: true, differs: true, said: [{ value: '14000000001', text: '14000000001', who: who('李', 1), change: `${record}1` }, { value: '14000000002', text: '14000000002', who: who('王', 2), change: `${record}2` }] },
}) as unknown as One;
const note = { record: 'v', child: 'n', name: '小红', visit_at: '2026-11-28T09:00:00+08:00', mode: { code: '1', name: '入户' }, met: true, next_visit: null, opening: '在家。', who: who('李', 3), standing: 'finished', supplements: 0, received: true, taken: null, may: ['review', 'supplement'] } as unknown as NamedVisit;

/** A district with two differences and a note to be read; the calls that change something. */
function day(): string[] {
  const calls: string[] = [];
  const settled = new Map<string, SettledDiffer>();
  const all = [differs('a', '小明'), differs('b', '小刚')];
  setTransport({
    data: async (name, args) => {
      const { record } = args as { record?: string };
      if (name === 'dayend') return { differing: all.filter((one) => !settled.has(one.record)), settled: [...settled.values()], visits: [note] } as unknown as Dayend;
      if (name === 'forms') return { forms: [], codes: [] };
      if (name === 'child.history') return [{ who: { own: true }, record: (args as { child: string }).child.slice(6), key: 'phone_child', change: 'x' }];
      if (name.startsWith('child.') || name.startsWith('visit.')) calls.push(`${name} ${record ?? (args as { visit: string }).visit}`);
      const one = all.find((other) => other.record === record);
      if (name === 'child.choose' && one && record) settled.set(record, { ...one, text: '14000000001', who: who('站', 9), change: `x${record}`, may_undo: true } as unknown as SettledDiffer);
      if (name === 'child.undo' && record) settled.delete(record);
      return name === 'visit.review' ? { record: 'r', findings: [] } : { saved: ['phone_child'], findings: [] };
    },
    listen: () => () => undefined,
  });
  const router = createRouter({ routeTree: createRootRoute({ component: Page }), history: createMemoryHistory() });
  render(<QueryClientProvider client={queries}><App><RouterProvider router={router as never} /></App></QueryClientProvider>);
  return calls;
}

function Page() {
  const { data } = useAnswer('dayend', {});
  const deeds = useDeedsOfPage();
  return data ? <DeedsHere.Provider value={deeds}><Differing all={data.differing} settled={data.settled} /><Notes visits={data.visits} /></DeedsHere.Provider> : null;
}

/** A key where the focus is. */
const press = (key: string) => fireEvent.keyDown(document.activeElement ?? document.body, { key });
const focused = () => document.activeElement?.getAttribute('data-line') ?? null;
/** Somebody looks where the focus went. */
const looks = () => act(() => new Promise((over) => setTimeout(over, SETTLING_MS + 50)));

test('the first digit needs no arrow, and what was settled stays with a way back', async () => {
  const calls = day();
  await vi.waitFor(() => expect(focused()).toBe('differs a phone_child'));
  expect(screen.getAllByText('电话（祖母 王秀英）').length).toBe(2);
  expect(screen.getAllByText(/原来是：14000000000/).length).toBe(2);
  press('1');
  await vi.waitFor(() => expect(focused()).toBe('differs b phone_child'));
  expect(screen.getByTestId('settled-differ').textContent).toContain('小明');
  fireEvent.click(screen.getByTestId('undo'));
  await vi.waitFor(() => expect(focused()).toBe('differs a phone_child'));
  expect(calls).toEqual(['child.choose a', 'child.undo a']);
});

test('1, Z, 2: the focus follows what was reopened, and no digit settles another child', async () => {
  const calls = day();
  await vi.waitFor(() => expect(focused()).toBe('differs a phone_child'));
  press('1');
  await vi.waitFor(() => expect(focused()).toBe('differs b phone_child'));
  press('z');
  // before the answer is there
  press('2');
  await vi.waitFor(() => expect(focused()).toBe('differs a phone_child'));
  expect(calls).toEqual(['child.choose a', 'child.undo a']);
  press('2');
  await vi.waitFor(() => expect(calls).toEqual(['child.choose a', 'child.undo a', 'child.choose a']));
});

test('a digit pressed twice settles one', async () => {
  const calls = day();
  await vi.waitFor(() => expect(focused()).toBe('differs a phone_child'));
  press('1');
  await vi.waitFor(() => expect(focused()).toBe('differs b phone_child'));
  press('1');
  await looks();
  expect(calls).toEqual(['child.choose a']);
});

test('Z, E, a number, Enter: written where it was meant, and no note is read', async () => {
  const calls = day();
  await vi.waitFor(() => expect(focused()).toBe('differs a phone_child'));
  for (const next of ['differs b phone_child', null]) {
    press('1');
    await vi.waitFor(() => expect(focused()).toBe(next));
    await looks();
  }
  press('Enter');
  press('z');
  press('e');
  press('Enter');
  await vi.waitFor(() => expect(focused()).toBe('differs b phone_child'));
  press('e');
  const box = await screen.findByTestId('other-text');
  fireEvent.change(box, { target: { value: '14000000003' } });
  fireEvent.keyDown(box, { key: 'Enter' });
  await vi.waitFor(() => expect(calls.at(-1)).toBe('child.choose b'));
  expect(calls.filter((call) => call.startsWith('visit.'))).toEqual([]);
});
