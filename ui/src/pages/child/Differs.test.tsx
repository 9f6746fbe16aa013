import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { App } from 'antd';
import { afterEach, expect, test, vi } from 'vitest';
import { queries, type ChildFile, type Finding, type Shown } from '@/api';
import { setTransport } from '@/api/transport';
import { LookProvider } from '@/look';
import '@/text';
import { Differs } from './Differs';
import { FileProvider } from './edit';

afterEach(cleanup);

const said = ['14000001111', '14000002222'].map((text, n) => ({ change: String(n), value: text, text, who: { person: '王芳', own: false, device: '电脑', at: 0 } }));
const PHONE = { record: 'r', key: 'phone_child', title: '电话', en: 'Phone', kind: 'tel', unknown: true, code: null, members: [], rows: [], cell: { value: null, text: '', masked: false, differs: true, said } } as unknown as Shown;

/** The field with two values, and the calls made there; `refused`: what the core says instead of writing. */
function shown(field: Partial<Shown>, may = true, refused: Finding[] = []): string[] {
  const calls: string[] = [];
  setTransport({
    data: async (name, args) => {
      calls.push(`${name} ${JSON.stringify(args)}`);
      return { saved: [], findings: refused };
    },
    listen: () => () => undefined,
  });
  const file = { card: { child: 'c', may: may ? ['edit', 'choose'] : ['edit'] }, sections: [], findings: [], missing: [] } as unknown as ChildFile;
  render(
    <QueryClientProvider client={queries}><LookProvider open={false}><App>
      <FileProvider file={file} forms={undefined} today="2026-11-25"><Differs shown={{ ...PHONE, ...field }} /></FileProvider>
    </App></LookProvider></QueryClientProvider>,
  );
  return calls;
}

test('none of the two is right: another one is written', async () => {
  const calls = shown({});
  fireEvent.click(screen.getByTestId('pick-other'));
  fireEvent.change(screen.getByTestId('other-text'), { target: { value: '14000003333' } });
  fireEvent.click(screen.getByTestId('other-save'));
  await vi.waitFor(() => expect(calls).toContain('child.choose {"record":"r","key":"phone_child","value":"14000003333"}'));
});

test('what has few answers is picked', async () => {
  const calls = shown({ key: 'alone', kind: 'yes' });
  fireEvent.click(screen.getByText('另选一个'));
  fireEvent.click(screen.getByText('未采集'));
  await vi.waitFor(() => expect(calls).toContain('child.choose {"record":"r","key":"alone","value":null}'));
});

test('another one that is not whole is refused in words', async () => {
  shown({ key: 'birth', kind: 'day' }, true, [{ key: 'birth', level: 'red', missing: true, text: '出生日期请填到日', en: '' }]);
  fireEvent.click(screen.getByTestId('pick-other'));
  fireEvent.change(screen.getByTestId('other-text'), { target: { value: '2012-05' } });
  fireEvent.click(screen.getByTestId('other-save'));
  expect((await screen.findByRole('alert')).textContent).toBe('出生日期请填到日');
});

test('who may not choose is not offered to', () => {
  shown({}, false);
  expect(screen.queryByTestId('pick-other')).toBeNull();
});
