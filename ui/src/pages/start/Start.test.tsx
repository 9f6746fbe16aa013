import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen } from '@testing-library/react';
import { App } from 'antd';
import { afterEach, expect, test } from 'vitest';
import { queries, type ShellState } from '@/api';
import '@/text';
import { Start } from './Start';

afterEach(cleanup);

const STATE: ShellState = { stage: 'joined', practice: false, version: '0', label: '', aside: null, reopened: false, syncing: false, received: 0, trouble: null, desktop: false };
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
