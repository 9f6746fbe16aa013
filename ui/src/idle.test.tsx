import { QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, fireEvent, render } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { queries } from './api';
import { setTransport } from './api/transport';
import { LOCK_MINUTES, lockDesk, useIdleLock } from './idle';
import { Sheet } from './parts/sheet';

const MINUTE = 60_000;

/** What was called, in order; a save stands there when it is on the disk. */
let order: string[] = [];
let disk: Promise<void> = Promise.resolve();

beforeEach(() => {
  order = [];
  disk = Promise.resolve();
  vi.useFakeTimers();
});
afterEach(() => {
  cleanup();
  queries.clear();
  vi.useRealTimers();
});

function desk(values: Record<string, unknown> = {}) {
  setTransport({
    data: async (name, args) => {
      if (name === 'settings.get') return { values };
      if (name === 'draft.save') await disk;
      order.push(name === 'draft.save' ? `${name} ${(args as { form: string }).form}` : name);
      return { draft: 'd', children: [], version: 1, saved: 1, findings: [] };
    },
    listen: () => () => undefined,
  });
}

function Page() {
  useIdleLock();
  return <textarea aria-label="note" />;
}

const opened = async (values?: Record<string, unknown>) => {
  desk(values);
  const page = render(<QueryClientProvider client={queries}><Page /></QueryClientProvider>);
  await act(() => vi.advanceTimersByTimeAsync(0));
  return page;
};
const wait = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));
const locked = () => order.includes('shell.lock');

test.each(['child', 'supplement', 'review', 'assessment', 'visit'])('锁定 in mid-word: what is typed (%s) is on the disk before the desk is locked', async (form) => {
  desk();
  let written = () => {};
  disk = new Promise((over) => (written = over));
  const sheet = new Sheet({ form, children: ['c'], about: null });
  sheet.put('note', '祖母说这周');
  const over = lockDesk();
  // a slow disk: the lock waits for it
  await vi.advanceTimersByTimeAsync(3_000);
  expect(order).toEqual([]);
  written();
  await over;
  expect(order).toEqual([`draft.save ${form}`, 'shell.lock']);
  sheet.end();
});

test('nobody touches anything for some minutes: first the draft, then the lock', async () => {
  await opened();
  await wait((LOCK_MINUTES - 1) * MINUTE);
  expect(order).toEqual([]);
  await wait(MINUTE + 4_800);
  // hands that the page does not see: the words are still in the half second before the disk
  const sheet = new Sheet({ form: 'assessment', children: ['c'], about: null });
  sheet.put('basis', '三次都没见到');
  expect(locked()).toBe(false);
  await wait(300);
  expect(order).toEqual(['draft.save assessment', 'shell.lock']);
  sheet.end();
});

test('whoever types, points, or composes a word is not idle', async () => {
  const { getByRole } = await opened();
  const note = getByRole('textbox');
  for (const touch of [() => fireEvent.keyDown(note, { key: 'a' }), () => fireEvent.pointerMove(note), () => fireEvent.compositionUpdate(note), () => fireEvent.wheel(note), () => fireEvent.pointerDown(note)]) {
    await wait((LOCK_MINUTES - 1) * MINUTE);
    touch();
  }
  await wait((LOCK_MINUTES - 1) * MINUTE);
  expect(locked()).toBe(false);
  await wait(MINUTE + 10_000);
  expect(locked()).toBe(true);
});

test('the minutes she chose are the minutes, and a laptop that slept locks when it wakes', async () => {
  await opened({ lock_minutes: 20 });
  await wait(19 * MINUTE);
  expect(locked()).toBe(false);
  // asleep: the clock went on and no timer did
  vi.setSystemTime(Date.now() + 60 * MINUTE);
  await wait(5_000);
  expect(locked()).toBe(true);
});

test.each([0, 61, 'never'])('minutes that are none (%s) are the usual ones', async (minutes) => {
  await opened({ lock_minutes: minutes });
  await wait(LOCK_MINUTES * MINUTE - 10_000);
  expect(locked()).toBe(false);
  await wait(20_000);
  expect(locked()).toBe(true);
});

test('a window that is closed takes what was typed to the disk', async () => {
  await opened();
  const sheet = new Sheet({ form: 'child', children: [], about: null });
  sheet.put('name', '小雨');
  window.dispatchEvent(new Event('pagehide'));
  await wait(0);
  expect(order).toEqual(['draft.save child']);
  sheet.end();
});
