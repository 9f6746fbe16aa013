import { beforeEach, expect, test, vi } from 'vitest';
import type { Draft } from '../../api';
import { setTransport } from '../../api/transport';
import { Sheet } from './sheet';

const draft: Draft = { draft: 'd1', children: ['c1'], values: { mode: '1' }, begun: 1, saved: 1, findings: [] };
let calls: { name: string; args: { children: string[]; values: Record<string, unknown> } }[] = [];
let broken = false;
/** Who went to somebody else meanwhile. */
let gone = '';

beforeEach(() => {
  calls = [];
  broken = false;
  gone = '';
  vi.useFakeTimers();
  setTransport({
    data: async (name, args) => {
      const asked = args as (typeof calls)[number]['args'];
      calls.push({ name, args: asked });
      if (broken) throw new Error('full');
      return { draft: 'd1', children: (asked.children ?? []).filter((child) => child !== gone), saved: 7, findings: [], records: [] };
    },
    listen: () => () => undefined,
  });
});

test('who types without a pause is saved all the same', async () => {
  const sheet = new Sheet(draft);
  for (let n = 1; n <= 10; n += 1) {
    sheet.put('note', '家'.repeat(n));
    await vi.advanceTimersByTimeAsync(200);
  }
  await vi.advanceTimersByTimeAsync(600);
  expect(calls.length).toBeGreaterThanOrEqual(3);
  expect(calls.at(-1)?.args.values).toEqual({ mode: '1', note: '家'.repeat(10) });
});

test('saved is said only after the disk has it, and what failed is tried again', async () => {
  const sheet = new Sheet(draft);
  broken = true;
  sheet.put('note', '院子里晒着被子');
  await vi.advanceTimersByTimeAsync(600);
  expect(sheet.standing.saved).toBe(1);
  expect(sheet.standing.fault).not.toBeNull();
  broken = false;
  await vi.advanceTimersByTimeAsync(3000);
  expect(sheet.standing.saved).toBe(7);
  expect(sheet.standing.fault).toBeNull();
});

test('what was typed just before 完成 is in the note', async () => {
  const sheet = new Sheet(draft);
  sheet.put('note', '最后一句');
  await sheet.complete();
  expect(calls.map(({ name }) => name)).toEqual(['visit.draft.save', 'visit.complete']);
  expect(calls[0]?.args.values.note).toBe('最后一句');
});

test('one child always stays', () => {
  const sheet = new Sheet(draft);
  sheet.withChild('c2', true);
  sheet.withChild('c1', false);
  sheet.withChild('c2', false);
  expect(sheet.standing.children).toEqual(['c2']);
});

test('a child that went to somebody else leaves the note, one taken along while it was saved stays', async () => {
  const sheet = new Sheet({ ...draft, children: ['c1', 'c2'] });
  gone = 'c2';
  sheet.put('note', '两个孩子都在家');
  const saving = sheet.flush();
  sheet.withChild('c3', true);
  await saving;
  expect(sheet.standing.children).toEqual(['c1', 'c3']);
});

test('a save that finds nothing new draws nothing anew but the line that says so', async () => {
  const found = [{ key: 'mode', level: 'red', text: '请选', missing: true }] as Draft['findings'];
  const sheet = new Sheet({ ...draft, findings: found });
  setTransport({ data: async () => ({ draft: 'd1', children: ['c1'], saved: 7, findings: structuredClone(found) }), listen: () => () => undefined });
  const [all, of, none] = [sheet.standing.findings, sheet.findings('mode'), sheet.findings('note')];
  sheet.put('note', '家');
  await sheet.flush();
  expect(sheet.standing.saved).toBe(7);
  expect(sheet.standing.findings).toBe(all);
  expect(sheet.findings('mode')).toBe(of);
  expect(sheet.findings('note')).toBe(none);
});
