import { QueryClientProvider } from '@tanstack/react-query';
import { createMemoryHistory, createRootRoute, createRouter, RouterProvider } from '@tanstack/react-router';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { App } from 'antd';
import { afterEach, expect, test, vi } from 'vitest';
import { queries, type HeldWork } from '@/api';
import { setTransport } from '@/api/transport';
import '@/text';
import { Held } from './Held';

afterEach(() => {
  cleanup();
  queries.clear();
});

const who = { person: '王芳', own: false, device: '电脑', device_id: 'd', at: 0 };
const WORK: HeldWork = { device: 'd', record: 'r', child: 'c', name: '张小明', form: { text: '走访记录', en: 'Visit note' }, who, why: { text: '写的人已不再负责这个孩子。', en: '' }, written: [{ text: '情况记录：在家。', en: 'Note: 在家。' }], items: 1, photos: 0, standing: 'open', may_take: true, unfinished: false, settled: null, reason: '' };

function shown(answer: () => unknown): string[] {
  const calls: string[] = [];
  setTransport({
    data: async (name, args) => {
      calls.push(`${name} ${JSON.stringify(args)}`);
      return name === 'held.list' ? answer() : {};
    },
    listen: () => () => undefined,
  });
  const router = createRouter({ routeTree: createRootRoute({ component: () => <Held items={3} /> }), history: createMemoryHistory() });
  render(<QueryClientProvider client={queries}><App><RouterProvider router={router as never} /></App></QueryClientProvider>);
  return calls;
}

test('held work is shown by itself, and taking it over is asked twice', async () => {
  const calls = shown(() => [WORK]);
  expect(await screen.findByText('情况记录：在家。')).toBeTruthy();
  fireEvent.click(screen.getByTestId('held-take'));
  expect(calls.some((made) => made.startsWith('held.settle'))).toBe(false);
  fireEvent.click(screen.getByTestId('held-take-sure'));
  await vi.waitFor(() => expect(calls).toContain('held.settle {"device":"d","record":"r","deed":"take"}'));
});

test('a half note is kept as a remark, never taken over as what it was to become', async () => {
  const calls = shown(() => [{ ...WORK, unfinished: true, form: { text: '没写完的走访记录', en: '' } }]);
  fireEvent.click(await screen.findByText('留作备注'));
  expect(screen.queryByText('认领入档')).toBeNull();
  expect(screen.getByText(/不算走访/)).toBeTruthy();
  fireEvent.click(screen.getByTestId('held-take-sure'));
  await vi.waitFor(() => expect(calls).toContain('held.settle {"device":"d","record":"r","deed":"take"}'));
});

test('a return wants a reason', async () => {
  const calls = shown(() => [WORK]);
  fireEvent.click(await screen.findByTestId('held-return'));
  expect(screen.getByTestId('held-send')).toHaveProperty('disabled', true);
  fireEvent.change(screen.getByTestId('held-why'), { target: { value: '请当面说清' } });
  fireEvent.click(screen.getByTestId('held-send'));
  await vi.waitFor(() => expect(calls).toContain('held.settle {"device":"d","record":"r","deed":"return","reason":"请当面说清"}'));
});

test('with nothing held the day says nothing of it', async () => {
  const calls = shown(() => []);
  await vi.waitFor(() => expect(calls).toContain('held.list {}'));
  expect(screen.queryByTestId('held')).toBeNull();
});
