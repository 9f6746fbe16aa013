import { QueryClientProvider } from '@tanstack/react-query';
import { createMemoryHistory, createRootRoute, createRouter, RouterProvider } from '@tanstack/react-router';
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { App } from 'antd';
import { afterEach, expect, test, vi } from 'vitest';
import { queries, type Alarm, type DraftLine } from '@/api';
import { setTransport } from '@/api/transport';
import '@/text';
import { Alarms } from './Alarms';

afterEach(() => {
  cleanup();
  queries.clear();
});

const who = { person: '主任1', device: '主任1的电脑', device_id: null, own: false, at: 0 };
const alarm = (more: Partial<Alarm>): Alarm => ({
  record: 'v1', form: 'visit', child: 'c1', name: '张小明', danger: true, causes: [{ text: '安全状况：危险', en: 'Safety: dangerous' }],
  what_to_do: [{ text: '请马上电话告知街道未保站', en: 'telephone the station at once' }], opening: '孩子独自在家。', who, answer: null, may_answer: false, ...more,
});

const WORDS = '今晚接到亲戚家，明早同派出所一起上门，再问学校的老师';
const begun = (more: Partial<DraftLine>): DraftLine => ({ draft: 'd1', form: 'alarm', children: ['c1'], about: 'v1', names: ['张小明'], opening: WORDS.slice(0, 8), saved: 0, ...more });

/** What is called, and the names of what is only asked. */
function shown(all: Alarm[], heard?: () => void, drafts: DraftLine[] = []) {
  const asked: string[] = [];
  const calls: [string, unknown][] = [];
  setTransport({
    data: async (name, args) => {
      asked.push(name);
      if (name === 'draft.find' || name === 'draft.state') return null;
      if (name === 'draft.list') return drafts;
      if (name === 'draft.open') return { ...begun({}), values: { note: WORDS }, version: 1, begun: 0, findings: [] };
      if (name === 'draft.save' && drafts.length === 0) return { draft: 'd1', children: ['c1'], version: 1, saved: 0, findings: [] };
      calls.push([name, args]);
      return { review: 'r1', findings: [] };
    },
    listen: () => () => undefined,
  });
  // the page around it has keys of its own
  const page = () => <div onKeyDown={heard}><Alarms all={all} /></div>;
  const router = createRouter({ routeTree: createRootRoute({ component: page }), history: createMemoryHistory() });
  render(<QueryClientProvider client={queries}><App><RouterProvider router={router as never} /></App></QueryClientProvider>);
  return { calls, asked };
}

const answer = { text: '已同派出所上门', who: { ...who, person: '站员2' } };

test('half an answer is read and thrown away below the answer a colleague gave, and comes back by 撤销', async () => {
  const { calls } = shown([alarm({ answer })], undefined, [begun({})]);
  expect((await screen.findByTestId('unsent')).textContent).toContain('已有回复，这里是您没发出的话');
  expect(screen.getByTestId('unsent').textContent).toContain(WORDS);
  fireEvent.click(screen.getByRole('button', { name: '删除：张小明' }));
  await waitFor(() => expect(calls).toEqual([['draft.drop', { draft: 'd1' }]]));
  fireEvent.click(await screen.findByText('撤销'));
  await waitFor(() => expect(calls.at(-1)).toEqual(['draft.save', { form: 'alarm', about: 'v1', values: { note: WORDS } }]));
});

test('another draft, or one about another alarm, is no answer that was not sent', async () => {
  const { asked } = shown([alarm({ answer })], undefined, [begun({ form: 'review' }), begun({ about: 'v2' })]);
  await waitFor(() => expect(asked).toContain('draft.list'));
  await screen.findByText(answer.text);
  expect(screen.queryByTestId('unsent')).toBeNull();
  expect(asked).not.toContain('draft.open');
});

test('who may not answer sees the danger, what to do, and that the station is waited for', async () => {
  shown([alarm({})]);
  expect(await screen.findByText('安全状况：危险')).toBeTruthy();
  expect(screen.getByText('请马上电话告知街道未保站')).toBeTruthy();
  expect(screen.getByText('等街道未保站回复')).toBeTruthy();
  expect(screen.queryByTestId('alarm-answer')).toBeNull();
});

test('an answer is sent by Ctrl+Enter, never while a word is composed, and its letters are no keys of the page', async () => {
  const heard = vi.fn();
  const { calls } = shown([alarm({ may_answer: true })], heard);
  const box = await screen.findByTestId('alarm-text');
  fireEvent.change(box, { target: { value: '今晚同派出所一起上门' } });
  for (const key of ['1', 'z', 't', 'Enter']) fireEvent.keyDown(box, { key });
  expect(heard).not.toHaveBeenCalled();
  fireEvent.keyDown(box, { key: 'Enter', ctrlKey: true, keyCode: 229 });
  expect(calls).toEqual([]);
  fireEvent.keyDown(box, { key: 'Enter', ctrlKey: true });
  await waitFor(() => expect(calls).toEqual([['alarm.answer', { record: 'v1', text: '今晚同派出所一起上门', draft: 'd1' }]]));
});
