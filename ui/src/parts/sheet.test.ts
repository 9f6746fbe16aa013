import { beforeEach, expect, test, vi } from 'vitest';
import type { Draft, Fault } from '../api';
import { CallFault, setTransport } from '../api/transport';
import { ownFields } from './own';
import { flushAll, Sheet } from './sheet';

const draft: Draft = { draft: 'd1', form: 'visit', children: ['c1'], about: null, values: { mode: '1' }, version: 1, begun: 1, saved: 1, findings: [] };
let calls: { name: string; args: { draft?: string; version?: number; children: string[]; values: Record<string, unknown> } }[] = [];
let broken = false;
/** What another window made of it. */
let elsewhere = '';
/** Who went to somebody else meanwhile. */
let gone = '';

beforeEach(() => {
  calls = [];
  broken = false;
  elsewhere = '';
  gone = '';
  vi.useFakeTimers();
  setTransport({
    data: async (name, args) => {
      const asked = args as (typeof calls)[number]['args'];
      calls.push({ name, args: asked });
      if (broken) throw new Error('full');
      if (elsewhere !== '' && name === 'draft.save' && asked.version !== 9) throw new CallFault({ code: elsewhere, about: 'd1', text: '另一个窗口', en: 'another window' } as Fault);
      return { draft: 'd1', version: name === 'draft.open' ? 9 : (asked.version ?? 0) + 1, children: (asked.children ?? []).filter((child) => child !== gone), saved: 7, findings: [], records: [] };
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
  expect(calls.map(({ name }) => name)).toEqual(['draft.save', 'visit.complete']);
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
  setTransport({ data: async () => ({ draft: 'd1', version: 2, children: ['c1'], saved: 7, findings: structuredClone(found) }), listen: () => () => undefined });
  const [all, of, none] = [sheet.standing.findings, sheet.findings('mode'), sheet.findings('note')];
  sheet.put('note', '家');
  await sheet.flush();
  expect(sheet.standing.saved).toBe(7);
  expect(sheet.standing.findings).toBe(all);
  expect(sheet.findings('mode')).toBe(of);
  expect(sheet.findings('note')).toBe(none);
});

test.each(['draft_newer', 'draft_finished', 'draft_dropped'])('a window that is behind (%s) saves nothing more until somebody chose', async (code) => {
  const sheet = new Sheet(draft);
  elsewhere = code;
  sheet.put('note', '旧窗口里写的');
  await vi.advanceTimersByTimeAsync(600);
  expect(sheet.elsewhere).toBe(true);
  const before = calls.length;
  sheet.put('note', '旧窗口里写的，又写了');
  await vi.advanceTimersByTimeAsync(10_000);
  expect(calls.length).toBe(before);
  expect(sheet.values['note']).toBe('旧窗口里写的，又写了');
});

test('what stands in the older window is kept when its writer says so', async () => {
  const sheet = new Sheet(draft);
  elsewhere = 'draft_newer';
  sheet.put('note', '旧窗口里写的');
  await vi.advanceTimersByTimeAsync(600);
  await sheet.keepMine();
  expect(calls.at(-1)).toMatchObject({ name: 'draft.save', args: { draft: 'd1', version: 9, values: { note: '旧窗口里写的' } } });
  expect(sheet.elsewhere).toBe(false);
});

test('a lock takes no words of a window that is behind', async () => {
  const sheet = new Sheet(draft);
  elsewhere = 'draft_newer';
  sheet.put('note', '只在旧窗口里的话');
  await vi.advanceTimersByTimeAsync(600);
  elsewhere = '';
  await flushAll();
  const mine = calls.filter(({ args }) => args.values?.['note'] === '只在旧窗口里的话').at(-1);
  expect(mine?.args.draft).toBeUndefined();
});

test('each form begins its draft with the first key, and an emptied one is no draft', async () => {
  const sheet = new Sheet({ form: 'supplement', children: [], about: 'v1' });
  await sheet.flush();
  expect(calls).toEqual([]);
  sheet.put('text', '母亲来电');
  await sheet.flush();
  expect(calls[0]).toMatchObject({ name: 'draft.save', args: { form: 'supplement', about: 'v1', values: { text: '母亲来电' } } });
  sheet.put('text', '');
  await sheet.flush();
  expect(calls.at(-1)).toMatchObject({ name: 'draft.drop', args: { draft: 'd1' } });
});

test('before a lock everything typed goes to the disk, whatever the form', async () => {
  const sheets = [new Sheet(draft), new Sheet({ form: 'assessment', children: ['c1'], about: null })];
  sheets.forEach((sheet) => sheet.put('note', '还没有到半秒'));
  await flushAll();
  expect(calls.filter(({ name, args }) => name === 'draft.save' && args.values['note'] === '还没有到半秒').length).toBe(2);
});

test('what is written of one child alone stands beside what is written for all', () => {
  const sheet = new Sheet({ ...draft, children: ['c1', 'c2'], values: { study: '1', child_words: '“想妈妈”', 'hazard/1': true } });
  const [first, other] = [ownFields(sheet, 'c1'), ownFields(sheet, 'c2')];
  expect([other.value('study'), other.value('child_words'), first.value('child_words')]).toEqual(['1', undefined, '“想妈妈”']);
  other.put('study', '3');
  other.put('hazard/1', undefined);
  expect([first.value('study'), other.value('study'), other.values['study']]).toEqual(['1', '3', '3']);
  expect(sheet.values).toMatchObject({ study: '1', 'of/c2/study': '3', 'of/c2/hazard/1': false });
});

test('what is written of one child as it stands for all is not its own', () => {
  const sheet = new Sheet({ ...draft, children: ['c1', 'c2'], values: { mode: '1', 'hazard/1': true } });
  const other = ownFields(sheet, 'c2');
  for (const [key, value] of [['mode', '1'], ['hazard/1', true]] as const) {
    other.put(key, undefined);
    expect(Object.keys(sheet.values)).toContain(`of/c2/${key}`);
    other.put(key, value);
  }
  expect(sheet.values).toEqual({ mode: '1', 'hazard/1': true });
  sheet.put('mode', '2');
  expect(other.value('mode')).toBe('2');
});

test('with a row goes at once what was said about it', async () => {
  const red = (key: string) => ({ key, level: 'red' as const, missing: false, text: '请改', en: 'Please change' });
  const sheet = new Sheet({ ...draft, values: { ...draft.values, 'followup/a/item': '看牙', 'followup/b/item': '补鞋' }, findings: [red('followup/a/due'), red('followup/b/due')] });
  sheet.dropRow('followup/a/');
  expect(sheet.standing.findings.map(({ key }) => key)).toEqual(['followup/b/due']);
  expect(sheet.findings('followup/a/due')).toEqual([]);
  await vi.advanceTimersByTimeAsync(600);
  expect(calls.at(-1)?.args.values).toEqual({ mode: '1', 'followup/b/item': '补鞋' });
});
