import { QueryClientProvider } from '@tanstack/react-query';
import { createMemoryHistory, createRootRoute, createRouter, RouterProvider } from '@tanstack/react-router';
import { act, cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { App } from 'antd';
import { useState } from 'react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { queries } from '@/api';
import { setTransport } from '@/api/transport';
import { FormsProvider } from '@/parts/forms';
import '@/text';
import { Register } from './Register';

const WRONG = '110101201505061234';
const SAID = '证件号码最后一位不对，请再看一遍；证件上就是这样，勾上“号码存疑”。';

type Values = Record<string, unknown>;

/** What the disk has, and what was asked of it. */
let kept: Values | null = null;
let calls: { name: string; args: { values?: Values; draft?: string } }[] = [];

beforeEach(() => {
  kept = null;
  calls = [];
});
afterEach(() => {
  cleanup();
  queries.clear();
});

const field = (key: string, title: string, kind: string, code: string | null = null, columns: unknown[] = []) => ({ key, title, en: key, kind, code, columns });
const FORMS = {
  forms: [{ id: 'child', fields: [
    field('name', '姓名', 'name'), field('sex', '性别', 'code', 'sex'), field('birth', '出生日期', 'day'), field('id_type', '证件类型', 'code', 'id_type'), field('id_no', '证件号码', 'id_no'),
    field('id_suspect', '号码存疑', 'yes'), field('categories', '儿童类别', 'rows', 'child_category'), field('live_addr', '现住址', 'text'), field('phone_child', '电话', 'tel'),
    field('family', '家人', 'rows', null, [field('relation', '关系', 'text'), field('name', '姓名', 'name'), field('tel', '电话', 'tel')]),
  ] }],
  codes: [
    { id: 'id_type', entries: [{ code: '01', name: '居民身份证', en: 'ID card' }, { code: '03', name: '护照', en: 'Passport' }] },
    { id: 'child_category', entries: [{ code: 'A1', name: '留守儿童', en: 'Left behind' }, { code: 'A2', name: '困境儿童', en: 'In need' }] },
    { id: 'sex', entries: [{ code: '1', name: '男', en: 'male' }] },
  ],
};

/** A core that keeps the draft, and judges the number as one of its document unless it is said to be doubtful. */
function desk() {
  const judged = (values: Values) => {
    if (values.id_no !== WRONG || values.id_type !== '01') return [];
    return [{ key: 'id_no', level: values.id_suspect ? 'yellow' : 'red', missing: false, text: SAID, en: SAID }, { key: 'name', level: 'red', missing: true, text: '请填姓名', en: 'Name' }];
  };
  setTransport({
    data: async (name, args) => {
      const { values } = args as { values?: Values };
      calls.push({ name, args: args as (typeof calls)[number]['args'] });
      if (name === 'forms') return FORMS;
      if (name === 'me') return { registers: [{ code: '990102001001', name: '竹影社区' }] };
      if (name === 'draft.find') return kept && { draft: 'd', form: 'child', children: [], about: null, values: kept, version: 2, begun: 1, saved: 1, findings: judged(kept) };
      if (name === 'draft.save') {
        kept = values ?? {};
        return { draft: 'd', children: [], version: 2, saved: 1, findings: judged(kept) };
      }
      if (name === 'child.create') return { child: null, findings: judged(values ?? {}), doubles: [] };
      return null;
    },
    listen: () => () => undefined,
  });
  const router = createRouter({ routeTree: createRootRoute({ component: Page }), history: createMemoryHistory() });
  render(<QueryClientProvider client={queries}><App><FormsProvider><RouterProvider router={router as never} /></FormsProvider></App></QueryClientProvider>);
}

/** 新登记 opens the drawer. */
function Page() {
  const [open, show] = useState(false);
  return <><button type="button" onClick={() => show(true)}>新登记</button>{open && <Register hide={() => show(false)} />}</>;
}

const opened = async () => {
  fireEvent.click(await screen.findByText('新登记'));
  await screen.findByTestId('field-id_no');
};
const box = (key: string) => within(screen.getByTestId(`field-${key}`));
const input = (key: string) => box(key).getByRole('textbox') as HTMLInputElement;
const type = (key: string, value: string) => fireEvent.change(input(key), { target: { value } });
const choose = async (key: string, word: string) => {
  fireEvent.mouseDown(box(key).getByRole('combobox'));
  const option = await waitFor(() => {
    const found = [...document.querySelectorAll('.ant-select-item-option-content')].find((one) => one.textContent === word);
    if (!found) throw new Error(word);
    return found;
  });
  fireEvent.click(option);
};

test('the door asks which document, 居民身份证 chosen already, and which category', async () => {
  desk();
  await opened();
  expect(screen.getByTestId('field-id_type').textContent).toContain('居民身份证');
  expect(screen.getByTestId('field-categories').textContent).toContain('儿童类别');
  await choose('categories', '留守儿童');
  await vi.waitFor(() => expect(kept).toEqual({ 'categories/A1/status': '1' }));
  // the document stands there as a proposal: with no number it says nothing about the child
  expect(kept).not.toHaveProperty('id_type');
});

test('a wrong number is said as soon as its field is left, and not while it is typed', async () => {
  desk();
  await opened();
  type('id_no', WRONG);
  await vi.waitFor(() => expect(kept).toEqual({ id_no: WRONG, id_type: '01' }));
  expect(screen.queryByText(SAID)).toBeNull();
  fireEvent.blur(input('id_no'));
  expect((await box('id_no').findByRole('alert')).textContent).toBe(SAID);
  // nobody pressed 登记, and what is only missing is no mistake yet
  expect(calls.some(({ name }) => name === 'child.create')).toBe(false);
  expect(screen.queryByText('请填姓名')).toBeNull();
});

test('the number is judged again as that of the document chosen', async () => {
  desk();
  await opened();
  type('id_no', WRONG);
  fireEvent.blur(input('id_no'));
  await screen.findByText(SAID);
  await choose('id_type', '护照');
  await vi.waitFor(() => expect(screen.queryByText(SAID)).toBeNull());
  expect(kept).toEqual({ id_no: WRONG, id_type: '03' });
});

test('号码存疑 stands beside the message that names it, and only there', async () => {
  desk();
  await opened();
  expect(screen.queryByText('号码存疑')).toBeNull();
  type('id_no', WRONG);
  fireEvent.blur(input('id_no'));
  const doubt = await box('id_no').findByRole('checkbox', { name: '号码存疑' });
  expect(box('id_no').getByRole('alert').className).toContain('red');
  fireEvent.click(doubt);
  await vi.waitFor(() => expect(box('id_no').getByRole('alert').className).toContain('yellow'));
  expect(kept).toEqual({ id_no: WRONG, id_type: '01', id_suspect: true });
  type('name', '小雨');
  fireEvent.click(screen.getByTestId('register-submit'));
  await vi.waitFor(() => expect(calls.at(-1)).toMatchObject({ name: 'child.create', args: { values: { name: '小雨', id_no: WRONG, id_suspect: true }, draft: 'd' } }));
});

test('what was half written is there again: a name, a number in doubt, a category, the grandmother', async () => {
  kept = { name: '小雨', id_no: WRONG, id_type: '01', id_suspect: true, 'categories/A2/status': '1', 'family/+1/name': '王秀英' };
  desk();
  await opened();
  expect([input('name').value, input('id_no').value, input('family/+1/name').value]).toEqual(['小雨', WRONG, '王秀英']);
  expect(screen.getByTestId('field-categories').textContent).toContain('困境儿童');
  expect((box('id_no').getByRole('checkbox', { name: '号码存疑' }) as HTMLInputElement).checked).toBe(true);
});

test('the drawer is shut in mid-word: opened again, the word is there', async () => {
  desk();
  await opened();
  type('name', '小');
  type('live_addr', '竹影路 3 号，祠堂后');
  // before the half second is over
  await act(async () => fireEvent.click(document.querySelector('.ant-drawer-close') as Element));
  await vi.waitFor(() => expect(kept).toEqual({ name: '小', live_addr: '竹影路 3 号，祠堂后' }));
  await opened();
  await vi.waitFor(() => expect([input('name').value, input('live_addr').value]).toEqual(['小', '竹影路 3 号，祠堂后']));
});
