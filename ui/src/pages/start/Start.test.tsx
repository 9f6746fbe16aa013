import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { App } from 'antd';
import { afterEach, expect, test } from 'vitest';
import { queries, type ShellState } from '@/api';
import { CallFault, setTransport } from '@/api/transport';
import '@/text';
import { Start } from './Start';

afterEach(cleanup);

const STATE: ShellState = { stage: 'joined', practice: false, version: '0', label: '', aside: null, reopened: false, pin: 'none', syncing: false, received: 0, trouble: null, desktop: false };
const page = (state: Partial<ShellState>) => <QueryClientProvider client={queries}><App><Start state={{ ...STATE, ...state }} /></App></QueryClientProvider>;

test('while the first store is made step 2 stays, and no passphrase is asked for', () => {
  const { rerender } = render(page({}));
  rerender(page({ stage: 'opening' }));
  expect(screen.getByTestId('choose')).toBeTruthy();
  expect(screen.queryByTestId('unlock')).toBeNull();
});

test('a store that is only opened asks for its passphrase; the practice district does not', () => {
  const { rerender } = render(page({ stage: 'locked' }));
  rerender(page({ stage: 'opening' }));
  expect(screen.getByTestId('unlock')).toBeTruthy();
  rerender(page({ stage: 'opening', practice: true }));
  expect(screen.queryByTestId('unlock')).toBeNull();
});

test('a locked desk with a PIN says that it opens, and how many tries are left', async () => {
  const answers = [{ code: 'wrong_pin', about: '3', text: '', en: '' }, { code: 'pin_gone', about: '', text: '短口令连错五次，已经停用。', en: '' }];
  setTransport({ data: async () => { throw new CallFault(answers.shift()!); }, listen: () => () => undefined });
  const { rerender } = render(page({ stage: 'locked', pin: 'set' }));
  expect(screen.getByRole('heading').textContent).toBe('请输入口令或短口令');
  fireEvent.change(screen.getByTestId('field-secret'), { target: { value: '739106' } });
  fireEvent.click(screen.getByTestId('unlock'));
  expect((await screen.findByTestId('trouble')).textContent).toBe('短口令不对，还可以再试 3 次；也可以用口令打开。');
  fireEvent.click(screen.getByTestId('unlock'));
  expect(await screen.findByText('短口令连错五次，已经停用。')).toBeTruthy();
  rerender(page({ stage: 'locked' }));
  expect(screen.getByRole('heading').textContent).toBe('请输入口令');
});
