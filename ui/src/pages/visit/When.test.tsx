import { QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import { queries, type TypedMoment } from '@/api';
import { setTransport } from '@/api/transport';
import { LookProvider } from '@/look';
import { ownFields } from '@/parts/own';
import { Sheet, type Fields } from '@/parts/sheet';
import '@/text';
import { Writing } from './form';
import { Moment } from './When';

afterEach(() => {
  cleanup();
  queries.clear();
});

/** A core that knows 下午3点 and the day before, and nothing else. `of`: whose part of the note is shown. */
function opened(sheet = new Sheet({ form: 'visit', about: null, children: ['c'] }), of: Fields = sheet) {
  const reads: unknown[] = [];
  setTransport({
    data: async (name, args) => {
      if (name === 'read.moment') reads.push(args);
      if (name !== 'read.moment') return name === 'settings.get' ? { values: {} } : null;
      const { time } = args as TypedMoment;
      const day = { text: '2026-11-23', problem: null };
      if (time === '下午3点') return { day, time: { text: '15:00', problem: null }, value: '2026-11-23T15:00:00+08:00' };
      return { day, time: { text: time, problem: { text: '分钟请写两位', en: 'two digits' } }, value: `2026-11-23T${time}` };
    },
    listen: () => () => undefined,
  });
  render(<QueryClientProvider client={queries}><LookProvider open={false}><Writing.Provider value={of}><Moment /></Writing.Provider></LookProvider></QueryClientProvider>);
  return { sheet, reads, day: screen.getByTestId('field-visit_at') as HTMLInputElement, time: screen.getByTestId('field-visit_time') as HTMLInputElement };
}

test('day and time are kept as they were typed and shown as Rust understood them', async () => {
  const { sheet, day, time } = opened();
  fireEvent.change(day, { target: { value: '昨天' } });
  fireEvent.change(time, { target: { value: '下午3点' } });
  expect(sheet.values.visit_at).toBe('昨天T下午3点');
  await act(async () => fireEvent.blur(time));
  expect([day.value, time.value, sheet.values.visit_at]).toEqual(['2026-11-23', '15:00', '2026-11-23T15:00:00+08:00']);
});

test('a time that cannot be read stays, in red, with what to do', async () => {
  const { sheet, day, time } = opened();
  fireEvent.change(day, { target: { value: '昨天' } });
  fireEvent.change(time, { target: { value: '3:5' } });
  await act(async () => fireEvent.blur(time));
  expect(time.value).toBe('3:5');
  expect((await screen.findByRole('alert')).textContent).toBe('分钟请写两位');
  expect(sheet.values.visit_at).toBe('2026-11-23T3:5');
});

const BOTH = '2026-11-23T10:00:00+08:00';

/** The time of one child of two; it stands for both. */
function openedForOne() {
  const sheet = new Sheet({ draft: 'd', form: 'visit', about: null, version: 1, children: ['c', 'c2'], values: { visit_at: BOTH }, begun: 1, saved: 1, findings: [] });
  return opened(sheet, ownFields(sheet, 'c2'));
}

test('to go through the time of one child fixes nothing: the time of all still reaches it', async () => {
  const { sheet, reads, day, time } = openedForOne();
  for (const input of [day, time]) {
    fireEvent.focus(input);
    await act(async () => fireEvent.blur(input));
  }
  expect(reads).toEqual([]);
  expect(sheet.values).toEqual({ visit_at: BOTH });
});

test('what is typed of one child is read and kept once, when the field is left', async () => {
  const { sheet, reads, day, time } = openedForOne();
  fireEvent.change(time, { target: { value: '下午3点' } });
  await act(async () => fireEvent.blur(time));
  await act(async () => fireEvent.blur(day));
  expect(reads).toHaveLength(1);
  expect(sheet.values).toEqual({ visit_at: BOTH, 'of/c2/visit_at': '2026-11-23T15:00:00+08:00' });
});
