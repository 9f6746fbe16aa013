import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { App } from 'antd';
import { afterEach, expect, test, vi } from 'vitest';
import { queries } from '@/api';
import { setTransport } from '@/api/transport';
import '@/text';
import { useDeedsOfPage, type Deed } from './deeds';

afterEach(cleanup);

const choice: Deed = { kind: 'choice', one: { child: 'c', record: 'r', key: 'phone' } };
const read: Deed = { kind: 'read', name: '小红' };

function Page({ deeds }: { deeds: Deed[] }) {
  const { all, did } = useDeedsOfPage();
  return <><button type="button" onClick={() => deeds.forEach(did)}>do</button><input aria-label="text" /><span data-testid="left">{all.length}</span></>;
}

/** The page after these deeds, and the calls it made since. */
function done(...deeds: Deed[]): string[] {
  const calls: string[] = [];
  setTransport({
    data: async (name) => {
      calls.push(name);
      return name === 'child.history' ? [{ who: { own: true }, record: 'r', key: 'phone', change: 'x' }] : { saved: ['phone'], findings: [] };
    },
    listen: () => () => undefined,
  });
  render(<QueryClientProvider client={queries}><App><Page deeds={deeds} /></App></QueryClientProvider>);
  fireEvent.click(screen.getByText('do'));
  return calls;
}

test('Z takes back a choice', async () => {
  const calls = done(read, choice);
  fireEvent.keyDown(document.body, { key: 'z', ctrlKey: true });
  await vi.waitFor(() => expect(screen.getByTestId('left').textContent).toBe('1'));
  expect(calls).toEqual(['child.history', 'child.undo']);
});

test('Z after a review says that it stays, and takes nothing earlier back', async () => {
  const calls = done(choice, read);
  fireEvent.keyDown(document.body, { key: 'z' });
  expect(await screen.findByText(/“小红”已阅，不能撤销/)).toBeTruthy();
  expect(calls).toEqual([]);
  expect(screen.getByTestId('left').textContent).toBe('2');
});

test('Z in a text is a letter', () => {
  const calls = done(choice);
  fireEvent.keyDown(screen.getByLabelText('text'), { key: 'z', ctrlKey: true });
  expect(calls).toEqual([]);
});
