import { QueryClientProvider } from '@tanstack/react-query';
import { createMemoryHistory, createRootRoute, createRoute, createRouter, RouterProvider } from '@tanstack/react-router';
import { cleanup, render, screen, waitFor, within } from '@testing-library/react';
import { App } from 'antd';
import { afterEach, expect, test } from 'vitest';
import { queries, touched, type Alarm, type Director } from '@/api';
import { CallFault, setTransport } from '@/api/transport';
import '@/text';
import Dayend from './Dayend';

afterEach(() => {
  cleanup();
  queries.clear();
});

const at = (time: string) => Date.parse(`2026-11-28T${time}:00+08:00`);
const who = (person: string) => ({ person, own: false, device: '电脑', device_id: 'd', at: at('15:00') });

const director = (name: string, more: Partial<Director>): Director => ({
  person: name, name, other: null, unit: '竹影社区', area: null, device: `d ${name}`, label: '办公室', in_touch: 'quiet', why: null, last_contact: at('15:50'),
  made: 0, received: 0, waiting: 0, missing: [], missing_earlier: 0, held: 0, settled: 0, ...more,
});
const NOT = (name: string, text: string, more: Partial<Director> = {}) => director(name, { in_touch: 'not', why: { text, en: text }, last_contact: null, ...more });

const alarm: Alarm = {
  record: 'v1', form: 'visit', child: 'c1', name: '张小明', danger: true, causes: [{ text: '安全状况：危险', en: 'Safety' }], what_to_do: [], opening: '孩子独自在家。', who: who('赵敏'), answer: null, may_answer: false,
};
const note = { record: 'v2', child: 'c2', name: '李小红', visit_at: '2026-11-28T09:00:00+08:00', mode: { code: '1', name: '入户' }, met: true, next_visit: null, opening: '在家。', who: who('赵敏'), standing: 'finished', alarm: null, supplements: 0, received: true, taken: null, may: ['review'] };
const differs = {
  child: 'c3', name: '王小刚', record: 'r3', key: 'phone_child', label: { text: '电话', en: 'Telephone' }, whose: null, before: [], kind: 'tel', may_choose: true,
  cell: { value: null, text: '', masked: false, differs: true, said: [{ value: '1', text: '14000000001', who: who('李'), change: 'a' }, { value: '2', text: '14000000002', who: who('王'), change: 'b' }] },
};
const held = { device: 'd', record: 'h', child: 'c4', name: '陈小雨', form: { text: '走访记录', en: 'Note' }, who: who('钱进'), why: { text: '已不负责', en: '' }, written: [], items: 1, photos: 0, standing: 'open', may_take: true, unfinished: false, settled: null, reason: '' };

type Day = { alarms?: Alarm[]; directors?: Director[]; busy?: boolean; offline?: boolean };

/** A station opens 日终合并 at 16:03; what the sum says is of the last time the desk asked. What was called, in order. */
function opened({ alarms = [], directors = [], offline = false }: Day) {
  const calls: string[] = [];
  let asOf = '16:01';
  setTransport({
    data: async (name) => {
      calls.push(name);
      if (name === 'me') return { station: true, may: [], now: at('16:03') };
      if (name === 'shell.sync') {
        if (offline) throw new CallFault({ code: 'no_network', about: '', text: '没有网络', en: 'No network' });
        asOf = '16:03';
        setTimeout(() => touched(['sync', 'visits', 'children', 'contacts', 'dayend']));
        return {};
      }
      if (name === 'shell.state') return { syncing: false, trouble: offline ? { code: 'no_network', about: '', text: '没有网络', en: 'No network' } : null };
      if (name === 'held.list') return [held];
      if (name === 'sync.state') return { waiting: 0, files_waiting: 0, synced: at('16:01'), held: [], returned: [] };
      if (name === 'dayend') {
        return {
          day: '2026-11-28', alarms, alarms_total: alarms.length, directors, visits: [note], together: [], files: [], imported: 0, differing: [differs], settled: [],
          sum: { sentence: { text: `截至 ${asOf}：收到 1 次`, en: asOf }, complete: false, as_of: at(asOf), earliest: null, without: [], before: false, waiting: 0, held: 1, received: 1 },
        };
      }
      if (name === 'today') return { unread_since: null };
      return name.startsWith('draft.f') ? null : [];
    },
    listen: () => () => undefined,
  });
  const root = createRootRoute();
  const router = createRouter({ routeTree: root.addChildren([createRoute({ getParentRoute: () => root, path: '/', component: Dayend })]), history: createMemoryHistory() });
  render(<QueryClientProvider client={queries}><App><RouterProvider router={router as never} /></App></QueryClientProvider>);
  return calls;
}

/** Everything that is named `first` stands above `second` on the page. */
const above = (first: Element, second: Element) => (first.compareDocumentPosition(second) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;

test('opened at 16:03 it asks the district by itself, once, and the sum is of then', async () => {
  const calls = opened({});
  await waitFor(() => expect(screen.getByTestId('sum').textContent).toBe('截至 16:03：收到 1 次'));
  expect(calls.filter((name) => name === 'shell.sync')).toHaveLength(1);
});

test('without a network the last sum stands with its time, and that it is not the newest is said', async () => {
  opened({ offline: true });
  expect((await screen.findByTestId('dayend-trouble')).textContent).toBe('没有取到最新的，下面是上一次的。没有网络');
  expect(screen.getByTestId('sum').textContent).toContain('截至 16:01');
});

test('a child in danger stands before everything else that is to be dealt with', async () => {
  opened({ alarms: [alarm], directors: [NOT('孙兰', '登记以后还没有联系过')] });
  const first = await screen.findByTestId('alarms');
  const rest = [await screen.findByTestId('held'), await screen.findByText('填得不一样的'), await screen.findByText('新写的走访'), screen.getByTestId('directors-not')];
  for (const part of rest) expect(above(first, part)).toBe(true);
  // only the sentence of the day stands above it
  expect(above(screen.getByTestId('sum'), first)).toBe(true);
});

test('three lists: who was not in touch first, with the reason; who handed in; who wrote nothing', async () => {
  opened({
    directors: [
      director('赵敏', { in_touch: 'handed_in', made: 2, received: 2 }),
      director('钱进', {}),
      NOT('孙兰', '登记以后还没有联系过'),
      NOT('李梅', '还没有电脑', { device: null, label: '' }),
      NOT('周红', '今天还没有联系', { last_contact: Date.parse('2026-11-26T17:20:00+08:00') }),
    ],
  });
  const list = async (of: string) => (await screen.findByTestId(`directors-${of}`));
  const names = (of: HTMLElement) => within(of).getAllByTestId('director-line').map((line) => line.querySelector('strong')?.textContent);
  const [not, handed, quiet] = [await list('not'), await list('handed_in'), await list('quiet')];
  expect([names(not), names(handed), names(quiet)]).toEqual([['孙兰', '李梅', '周红'], ['赵敏'], ['钱进']]);
  expect(above(not, handed) && above(handed, quiet)).toBe(true);
  expect(not.previousElementSibling?.textContent).toBe('今天没有联系的 3');
  for (const why of ['登记以后还没有联系过', '还没有电脑', '今天还没有联系 · 最近联系 11-26 17:20']) expect(not.textContent).toContain(why);
});

test('forty who were not in touch are forty names: none is folded away', async () => {
  const forty = Array.from({ length: 40 }, (_, n) => NOT(`主任${n + 1}`, '今天还没有联系'));
  opened({ directors: forty });
  const not = await screen.findByTestId('directors-not');
  expect(within(not).getAllByTestId('director-line')).toHaveLength(40);
  const all = screen.getByRole('region', { name: '各位主任' });
  expect(all.querySelectorAll('details, button, [aria-expanded]')).toHaveLength(0);
});

test('whose notes are missing is named by number, above those of the list who owe nothing', async () => {
  opened({ directors: [director('赵敏', { in_touch: 'handed_in', made: 1, received: 1 }), director('钱进', { in_touch: 'handed_in', made: 3, received: 2, missing: [7] })] });
  const handed = await screen.findByTestId('directors-handed_in');
  const lines = within(handed).getAllByTestId('director-line');
  expect(lines[0]?.textContent).toContain('钱进');
  expect(lines[0]?.textContent).toContain('缺第 7 号');
});
