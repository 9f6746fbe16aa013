import { cleanup, render } from '@testing-library/react';
import { afterEach, expect, test, vi } from 'vitest';
import { setTransport } from '@/api/transport';
import { useLine } from './line';

afterEach(cleanup);

function asked(practice: boolean) {
  const calls: string[] = [];
  setTransport({
    data: async (name) => {
      calls.push(name);
      return {};
    },
    listen: () => () => undefined,
  });
  const Desk = () => {
    useLine(practice);
    return null;
  };
  render(<Desk />);
  window.dispatchEvent(new Event('online'));
  return calls;
}

test('when the network is back the desk syncs at once', async () => {
  const calls = asked(false);
  await vi.waitFor(() => expect(calls).toEqual(['shell.sync']));
});

test('a practice district asks nobody', async () => {
  const calls = asked(true);
  await new Promise((done) => setTimeout(done, 20));
  expect(calls).toEqual([]);
});
