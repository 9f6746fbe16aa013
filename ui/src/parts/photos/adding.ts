// Pictures on their way to the disk: one after another, kept until each is there. What is refused stays, with the reason.
import { useSyncExternalStore } from 'react';
import { asFault, call, queries, type AddFile, type Fault, type RecordId } from '../../api';
import { savedNow } from '../saved';

/** Where a picture belongs: a draft, or a record of a child. */
export type Place = { draft: RecordId; child?: string } | { child: string; about: RecordId };

/** A picture as it comes: a file, or base64. */
export type Picture = { name: string; from: Blob | string };

/** A picture of a draft that was thrown away. */
export type Dropped = Picture & { field: string; child: string | undefined };

/** A picture that is not on the disk yet. */
export type Waiting = Picture & { id: number; place: Place; field: string; fault: Fault | null };

/** The same as `client::picture::RAW_BYTES_MAX`: more is not even read. */
const RAW_BYTES_MAX = 15 * 1024 * 1024;
const NONE: readonly Waiting[] = [];

const waiting = new Map<RecordId, readonly Waiting[]>();
/** Where the pictures of a finished draft went. */
const moved = new Map<RecordId, Place[]>();
const hearers = new Set<() => void>();
let line: Promise<unknown> = Promise.resolve();
let last = 0;

export const idOf = (place: Place): RecordId => ('draft' in place ? place.draft : place.about);

function put(about: RecordId, change: (now: readonly Waiting[]) => readonly Waiting[]) {
  const next = change(waiting.get(about) ?? NONE);
  if (next.length > 0) waiting.set(about, next);
  else waiting.delete(about);
  hearers.forEach((hear) => hear());
}

/** What is on its way to a draft or a record, and what was refused. */
export const useAdding = (about: RecordId): readonly Waiting[] =>
  useSyncExternalStore(
    (hear) => {
      hearers.add(hear);
      return () => hearers.delete(hear);
    },
    () => waiting.get(about) ?? NONE,
  );

/** Runs after everything before it, whatever became of that. */
function inLine<T>(run: () => Promise<T>): Promise<T> {
  const mine = line.then(run);
  line = mine.catch(() => undefined);
  return mine;
}

/** Takes pictures: from a file, or base64 that was read before. */
export function add(place: Place, field: string, pictures: Picture[]) {
  const went = moved.get(idOf(place))?.filter((goes) => place.child === undefined || goes.child === place.child);
  for (const goes of went ?? [place]) {
    for (const { name, from } of pictures) {
      const one: Waiting = { id: (last += 1), place: goes, field, name, from, fault: null };
      put(idOf(goes), (now) => [...now, one]);
      void inLine(() => send(one));
    }
  }
}

/** Tries those that were refused once more. */
export function again(about: RecordId) {
  const failed = refused(about);
  put(about, (now) => now.map((one) => ({ ...one, fault: null })));
  for (const one of failed) void inLine(() => send(one));
}

/** Gives up what was refused. */
export const forget = (about: RecordId) => put(about, (now) => now.filter(({ fault }) => fault === null));

/** What was refused. */
export const refused = (about: RecordId) => (waiting.get(about) ?? NONE).filter(({ fault }) => fault !== null);

async function send({ id, place, field, name, from }: Waiting) {
  const about = idOf(place);
  // given up, or gone elsewhere
  if (!(waiting.get(about) ?? NONE).some((one) => one.id === id)) return;
  try {
    await keep({ ...place, field, name, data: await read(from) });
    put(about, (now) => now.filter((one) => one.id !== id));
  } catch (thrown) {
    const fault = thrown instanceof Unread ? { code: thrown.message, about: '', text: '', en: '' } : asFault(thrown);
    put(about, (now) => now.map((one) => (one.id === id ? { ...one, fault } : one)));
  }
}

async function keep(file: AddFile) {
  await call('file.add', file);
  savedNow();
  await queries.invalidateQueries({ queryKey: ['file.of', { about: file.draft ?? file.about }] });
}

/** What this side refuses: its words stand in `text/<language>/photos.ts` under the code. */
class Unread extends Error {}

function read(from: Blob | string): Promise<string> {
  if (typeof from === 'string') return Promise.resolve(from);
  if (from.size > RAW_BYTES_MAX) return Promise.reject(new Unread('too_large'));
  return new Promise((done, failed) => {
    const reader = new FileReader();
    // `data:image/jpeg;base64,…`
    reader.onload = () => done(String(reader.result).replace(/^[^,]*,/, ''));
    reader.onerror = () => failed(new Unread('unread'));
    reader.readAsDataURL(from);
  });
}

/**
 * Finishes a draft after every picture given so far is in it; nothing when one was refused and nobody has said what to do about it.
 * A picture given meanwhile goes to what the draft became.
 */
export function finishing<T extends { records: { child: string; visit: RecordId }[] }>(draft: RecordId, run: () => Promise<T | null>): Promise<T | null> {
  return inLine(async () => {
    if (refused(draft).length > 0) return null;
    const done = await run();
    if (!done || done.records.length === 0) return done;
    moved.set(draft, done.records.map(({ child, visit }) => ({ child, about: visit })));
    const late = waiting.get(draft) ?? NONE;
    put(draft, () => NONE);
    for (const one of late) add(one.place, one.field, [one]);
    return done;
  });
}

/** Throws a draft away; the answer are its pictures, for who wants it back. */
export function discarding(draft: RecordId, run: () => Promise<void>): Promise<Dropped[]> {
  return inLine(async () => {
    const there = (await call('file.of', { about: draft })).sort((a, b) => a.at - b.at);
    const opened = await Promise.all(there.map(async ({ file, field, child }) => ({ field, child: child ?? undefined, ...(await call('file.open', { file })) })));
    await run();
    const late = waiting.get(draft) ?? NONE;
    put(draft, () => NONE);
    return [...opened.flatMap(({ field, child, name, data }) => (data === null ? [] : [{ field, child, name, from: data }])), ...late.map((one) => ({ ...one, child: one.place.child }))];
  });
}
