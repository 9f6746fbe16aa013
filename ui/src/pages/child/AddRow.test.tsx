import { QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { App } from 'antd';
import { afterEach, expect, test, vi } from 'vitest';
import { queries, type ChildFile, type Edited, type Edits, type Forms, type Shown } from '@/api';
import { setTransport } from '@/api/transport';
import { LookProvider } from '@/look';
import '@/text';
import { AddRow } from './AddRow';
import { FileProvider } from './edit';

afterEach(() => {
  cleanup();
  queries.clear();
});

const columns = ['name', 'birth'].map((key) => ({ key, title: key, en: key, kind: key === 'birth' ? 'day' : 'text', need: 'must', code: null }));
const forms = { forms: [{ id: 'child', fields: [{ key: 'family', columns }] }], codes: [] } as unknown as Forms;
const family = { key: 'family', form: 'child', title: '家庭成员', en: 'Family', code: null, rows: [] } as unknown as Shown;
const file = { card: { child: 'c', may: ['edit'] }, sections: [], findings: [], missing: [] } as unknown as ChildFile;

/** A new row, filled in and sent to a core that answers as it is told. */
async function sent(answer: Edited) {
  const edits: Edits[] = [];
  const hide = vi.fn();
  setTransport({
    data: async (name, args) => {
      if (name !== 'child.edit') return name === 'settings.get' ? { values: {} } : [];
      edits.push(args as Edits);
      return answer;
    },
    listen: () => () => undefined,
  });
  render(
    <QueryClientProvider client={queries}><LookProvider open={false}><App>
      <FileProvider file={file} forms={forms} today="2026-11-25"><AddRow shown={family} hide={hide} /></FileProvider>
    </App></LookProvider></QueryClientProvider>,
  );
  fireEvent.change(screen.getByLabelText('name'), { target: { value: '李秀英' } });
  fireEvent.change(screen.getByLabelText('birth'), { target: { value: '1985-05' } });
  await act(async () => fireEvent.click(screen.getByTestId('add-row')));
  return { edits, hide };
}

test('a new row stays open with what was not written, also where it is only not whole', async () => {
  const { hide } = await sent({ saved: ['family/r1/name'], findings: [{ key: 'family/r1/birth', level: 'red', missing: true, text: '请填到日', en: '' }], rows: { '+1': 'r1' } });
  expect(await screen.findByText('请填到日')).toBeTruthy();
  expect(hide).not.toHaveBeenCalled();
});

test('what is red about a column that was written keeps no row open', async () => {
  const { edits, hide } = await sent({ saved: ['family/r1/name', 'family/r1/birth'], findings: [{ key: 'family/r1/name', level: 'red', missing: true, text: '请再看一看', en: '' }], rows: { '+1': 'r1' } });
  expect(edits).toHaveLength(1);
  expect(hide).toHaveBeenCalledOnce();
});
