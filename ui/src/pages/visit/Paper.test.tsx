import { QueryClientProvider } from '@tanstack/react-query';
import { createMemoryHistory, createRootRoute, createRouter, RouterProvider } from '@tanstack/react-router';
import { act, cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { App } from 'antd';
import { afterEach, expect, test } from 'vitest';
import { queries, type TypedMoment, type Value } from '@/api';
import { setTransport } from '@/api/transport';
import { FormsProvider } from '@/parts/forms';
import '@/text';
import Paper from './Paper';

afterEach(() => {
  cleanup();
  queries.clear();
});

const field = (key: string, title: string, code: string | null = null) => ({ key, title, en: key, code, need: 'must', max: 0 });
const FORMS = {
  forms: [{ id: 'visit', fields: [field('visit_at', '走访时间'), field('mode', '方式', 'mode'), field('note', '情况记录')] }],
  codes: [{ id: 'mode', other: null, entries: [{ code: '1', name: '入户', en: 'Home' }, { code: '2', name: '电话', en: 'Telephone' }] }],
};
const CARDS = [['c1', '张小明'], ['c2', '李小红']].map(([child, name]) => ({ child, name, sex: '', age: null, area: null, school: null, risk: null, may: ['visit'] }));

/** A pile of paper on the desk. What each draft held when it was saved last. */
function pile() {
  const saved: Record<string, Record<string, Value>> = {};
  let begun = 0;
  setTransport({
    data: async (name, args) => {
      const asked = args as { text?: string; children?: string[]; draft?: string; values?: Record<string, Value> };
      if (name === 'forms') return FORMS;
      if (name === 'me') return { now: Date.parse('2026-11-28T16:00:00+08:00'), may: [] };
      if (name === 'children.find') return { cards: CARDS.filter((card) => card.name?.includes(asked.text ?? '')), total: 1 };
      if (name === 'children.list') return { cards: CARDS, total: 2 };
      if (name === 'read.moment') {
        const { day, time } = args as TypedMoment;
        return { day: { text: day, problem: null }, time: { text: time, problem: null }, value: time ? `${day}T${time}:00+08:00` : day };
      }
      if (name === 'visit.begin') return { draft: `d${(begun += 1)}`, form: 'visit', children: asked.children, about: null, values: {}, version: 1, begun: 1, saved: 1, findings: [] };
      if (name === 'draft.save') {
        saved[asked.draft ?? ''] = asked.values ?? {};
        return { draft: asked.draft, children: asked.children, version: 2, saved: 1, findings: [] };
      }
      if (name === 'visit.complete') return { records: [{ child: 'c', name: '', visit: `v ${asked.draft ?? ''}`, next_visit: null }], findings: [] };
      return [];
    },
    listen: () => () => undefined,
  });
  const router = createRouter({ routeTree: createRootRoute({ component: Paper }), history: createMemoryHistory() });
  render(<QueryClientProvider client={queries}><App><FormsProvider><RouterProvider router={router as never} /></FormsProvider></App></QueryClientProvider>);
  return saved;
}

const input = (testid: string) => screen.getByTestId(testid) as HTMLInputElement;
const take = async (child: string, name: string) => {
  fireEvent.change(await screen.findByTestId('paper-child'), { target: { value: name } });
  fireEvent.click(await screen.findByTestId(`paper-found-${child}`));
  await screen.findByTestId('paper-day');
};
/** Day and hour of a sheet, and how. */
async function fill(day: string, time: string) {
  fireEvent.change(input('paper-day'), { target: { value: day } });
  fireEvent.change(input('field-visit_time'), { target: { value: time } });
}
const left = () => act(async () => fireEvent.blur(input('field-visit_time')));

test('the next sheet has the day and the way of the last one, not its hour, and not its words', async () => {
  const saved = pile();
  await take('c1', '张小明');
  await fill('2026-11-20', '10:30');
  await left();
  fireEvent.click(screen.getByRole('radio', { name: '电话' }));
  fireEvent.change(input('paper-note'), { target: { value: '祖母说一切都好' } });
  fireEvent.click(screen.getByTestId('paper-complete'));
  await take('c2', '李小红');
  expect([input('paper-day').value, input('field-visit_time').value, input('paper-note').value]).toEqual(['2026-11-20', '', '']);
  expect(screen.getByRole('radio', { name: '电话' }).getAttribute('aria-checked')).toBe('true');
  await waitFor(() => expect(saved.d2).toEqual({ visit_at: '2026-11-20', mode: '2' }));
  expect(saved.d1?.visit_at).toBe('2026-11-20T10:30:00+08:00');
  expect(screen.getByText('已抄 1 张')).toBeTruthy();
});

test.each(['昨天', '0506', '2026-11-20'])('Ctrl+Enter from the hour itself, the day as it was typed (%s): the hour does not stay either', async (day) => {
  const saved = pile();
  await take('c1', '张小明');
  await fill(day, '10:30');
  fireEvent.keyDown(input('field-visit_time'), { key: 'Enter', ctrlKey: true });
  await screen.findByText('已抄 1 张');
  await take('c2', '李小红');
  expect([input('paper-day').value, input('field-visit_time').value]).toEqual([day, '']);
  await waitFor(() => expect(saved.d2?.visit_at).toBe(day));
});
