import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { App } from 'antd';
import { afterEach, expect, test, vi } from 'vitest';
import { queries, type DeviceLine } from '@/api';
import { setTransport } from '@/api/transport';
import '@/text';
import { Computer } from './Computer';

afterEach(cleanup);

const DEVICE: DeviceLine = { device: 'd', label: '尹芳的电脑', enrolled: 0, last_contact: null, digits: '815446', stopped: false, mine: false, may_stop: true };

function shown(device: Partial<DeviceLine>): string[] {
  const calls: string[] = [];
  setTransport({ data: async (name, args) => { calls.push(`${name} ${JSON.stringify(args)}`); return {}; }, listen: () => () => undefined });
  render(<QueryClientProvider client={queries}><App><ul><Computer person="李明" device={{ ...DEVICE, ...device }} /></ul></App></QueryClientProvider>);
  return calls;
}

test('a computer is stopped only once that was confirmed', async () => {
  const calls = shown({});
  fireEvent.click(screen.getByTestId('stop-d'));
  expect(await screen.findByText(/没有送出的内容仍会交上来/)).toBeTruthy();
  expect(calls).toEqual([]);
  fireEvent.click(screen.getByTestId('stop-yes'));
  await vi.waitFor(() => expect(calls).toEqual(['roster.revoke {"device":"d"}']));
});

test('who may not stop it is not offered to, and a stopped one says so', () => {
  shown({ may_stop: false, stopped: true });
  expect(screen.queryByTestId('stop-d')).toBeNull();
  expect(screen.getByText('已停用')).toBeTruthy();
  expect(screen.queryByText('815 446')).toBeNull();
});
