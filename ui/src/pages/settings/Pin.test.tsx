import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { App } from 'antd';
import { afterEach, expect, test, vi } from 'vitest';
import { queries, type ShellState } from '@/api';
import { CallFault, setTransport } from '@/api/transport';
import '@/text';
import { Pin } from './Pin';

afterEach(() => {
  cleanup();
  queries.clear();
});

/** The card on a machine in this state; what `shell.pin` was asked. */
function shown(pin: ShellState['pin'], refused?: string) {
  const asked: unknown[] = [];
  setTransport({
    data: async (name, args) => {
      if (name === 'shell.state') return { pin };
      asked.push(args);
      if (refused) throw new CallFault({ code: 'wrong_passphrase', about: '', text: refused, en: '' });
      return { pin: 'set' };
    },
    listen: () => () => undefined,
  });
  render(<QueryClientProvider client={queries}><App><Pin /></App></QueryClientProvider>);
  return asked;
}

const type = (field: string, value: string) => fireEvent.change(screen.getByTestId(field), { target: { value } });

test('a PIN is set by who says the passphrase, and only when it was typed twice', async () => {
  const asked = shown('none');
  fireEvent.click(await screen.findByTestId('settings-pin'));
  type('field-old', '竹影社区的春天 2026');
  type('field-pin', '739105');
  type('field-pin-again', '739106');
  fireEvent.click(screen.getByTestId('pin-yes'));
  expect(screen.getByTestId('want').textContent).toContain('不一样');
  expect(asked).toEqual([]);
  type('field-pin-again', '739105');
  fireEvent.click(screen.getByTestId('pin-yes'));
  expect(await screen.findByText(/短口令设好了/)).toBeTruthy();
  expect(asked).toEqual([{ secret: '竹影社区的春天 2026', pin: '739105' }]);
  expect(screen.queryByTestId('field-pin')).toBeNull();
});

test('one that is set can be changed or removed', async () => {
  const asked = shown('set');
  fireEvent.click(await screen.findByTestId('settings-pin-drop'));
  expect(screen.queryByTestId('field-pin')).toBeNull();
  type('field-old', '口令');
  fireEvent.click(screen.getByTestId('pin-yes'));
  await vi.waitFor(() => expect(asked).toEqual([{ secret: '口令', pin: null }]));
});

test('what the shell refuses stands in the dialog', async () => {
  shown('set', '口令不对，请再试一次。');
  fireEvent.click(await screen.findByTestId('settings-pin-drop'));
  type('field-old', 'x');
  fireEvent.click(screen.getByTestId('pin-yes'));
  expect((await screen.findByTestId('trouble')).textContent).toBe('口令不对，请再试一次。');
});

test('a machine without a keyring says so and offers nothing', async () => {
  shown('unavailable');
  expect(await screen.findByText(/没有系统钥匙串/)).toBeTruthy();
  expect(screen.queryByRole('button')).toBeNull();
});
