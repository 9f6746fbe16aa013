import { QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { App } from 'antd';
import { afterEach, expect, test, vi } from 'vitest';
import { queries, type ChildFile, type Edits, type Finding, type Forms, type Shown } from '@/api';
import { setTransport } from '@/api/transport';
import '@/text';
import { FileProvider } from './edit';
import { Field } from './Field';

afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

const phone: Shown = {
  key: 'phone_child', form: 'child', record: 'r', title: '电话', en: 'Phone', help: '', help_en: '', kind: 'tel', merge: 'register', need: 'may', code: null, unknown: true, max: 0, computed: false,
  cell: { value: '14000000000', text: '14000000000', masked: false, differs: false, said: [] }, members: [], rows: [],
};
const file = { card: { child: 'c', name: '小明', may: ['edit'] }, sections: [], findings: [], missing: [] } as unknown as ChildFile;

/** A core that takes every text of eleven digits and refuses the others; with `refused` it takes nothing and says that. */
function opened(shown: Shown = phone, refused?: Finding, forms?: Forms) {
  const edits: Edits[] = [];
  setTransport({
    data: async (name, args) => {
      if (name !== 'child.edit') return [];
      edits.push(args as Edits);
      if (refused) return { saved: [], findings: [refused], rows: {} };
      const edit = (args as Edits).edits[0];
      const good = edit && 'set' in edit && (shown.kind !== 'tel' || String(edit.set.value).length === 11);
      return good ? { saved: [shown.key], findings: [], rows: {} } : { saved: [], findings: [{ key: shown.key, level: 'red', missing: false, text: '不是电话号码' }], rows: {} };
    },
    listen: () => () => undefined,
  });
  const drawn = render(<QueryClientProvider client={queries}><App><FileProvider file={file} forms={forms} today="2026-11-24"><Field shown={shown} /></FileProvider></App></QueryClientProvider>);
  fireEvent.click(screen.getByRole('button', { name: /修改/ }));
  return { edits, drawn, input: screen.getByRole('textbox') };
}

test('a number Rust refuses stays in the field with what to do', async () => {
  const { edits, input } = opened();
  fireEvent.change(input, { target: { value: '1400' } });
  await act(async () => fireEvent.keyDown(input, { key: 'Enter' }));
  expect((await screen.findByRole('alert')).textContent).toBe('不是电话号码');
  expect((screen.getByRole('textbox') as HTMLInputElement).value).toBe('1400');
  expect(edits).toHaveLength(1);
});

test('a day that is not whole is refused in words, as any other wrong one, and stays in the field', async () => {
  const words = '出生日期请填到日；确实不知道的请勾选“出生日期为估计”';
  const { input } = opened({ ...phone, key: 'birth', kind: 'day' }, { key: 'birth', level: 'red', missing: true, text: words, en: '' });
  fireEvent.change(input, { target: { value: '2012-05' } });
  await act(async () => fireEvent.blur(input));
  expect((await screen.findByRole('alert')).textContent).toBe(words);
  expect((screen.getByRole('textbox') as HTMLInputElement).value).toBe('2012-05');
});

test('a doubtful number that is refused all the same says why, whatever kind of red it is', async () => {
  const refused: Finding = { key: 'id_no', level: 'red', missing: true, text: '请填写证件号，或勾选“号码存疑”', en: '' };
  const forms = { forms: [{ id: 'child', fields: [{ key: 'id_suspect', title: '号码存疑', en: 'Number doubtful' }] }], codes: [] } as unknown as Forms;
  const { edits, input } = opened({ ...phone, key: 'id_no', kind: 'id_no' }, refused, forms);
  fireEvent.change(input, { target: { value: '11010519491231002X' } });
  await act(async () => fireEvent.keyDown(input, { key: 'Enter' }));
  await act(async () => fireEvent.click(await screen.findByTestId('keep-doubtful')));
  expect(edits.at(-1)?.edits).toHaveLength(2);
  expect(screen.getByRole('alert').textContent).toBe(refused.text);
});

test('what stands in a field goes to the disk when the page is left', async () => {
  const { edits, drawn, input } = opened();
  fireEvent.change(input, { target: { value: '14000001111' } });
  drawn.unmount();
  await vi.waitFor(() => expect(edits[0]?.edits).toEqual([{ set: { key: 'phone_child', value: '14000001111' } }]));
});

test('Esc gives the change up, and nothing is written', async () => {
  const { edits, drawn, input } = opened();
  fireEvent.change(input, { target: { value: '14000001111' } });
  await act(async () => fireEvent.keyDown(input, { key: 'Escape' }));
  drawn.unmount();
  expect(edits).toEqual([]);
});

test('words are on the disk when typing pauses, half a number waits', async () => {
  vi.useFakeTimers();
  const { edits, input } = opened({ ...phone, key: 'school_name', kind: 'text' });
  fireEvent.change(input, { target: { value: '松风小学' } });
  await act(async () => vi.advanceTimersByTime(2000));
  expect(edits).toHaveLength(1);
  cleanup();
  const number = opened();
  fireEvent.change(number.input, { target: { value: '1400000' } });
  await act(async () => vi.advanceTimersByTime(2000));
  expect(number.edits).toHaveLength(0);
});

test('Enter that picks a Chinese word does not end the field', async () => {
  const { edits, input } = opened({ ...phone, key: 'school_name', kind: 'text' });
  fireEvent.compositionStart(input);
  fireEvent.change(input, { target: { value: 'song feng' } });
  await act(async () => fireEvent.keyDown(input, { key: 'Enter', isComposing: true }));
  expect(edits).toEqual([]);
});
