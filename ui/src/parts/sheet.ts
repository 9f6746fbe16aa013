// What is being written, whatever the form: what is typed stands here, the disk has it within a second, Rust says what is still to do.
import { useEffect, useState, useSyncExternalStore } from 'react';
import { asFault, call, type Completed, type Draft, type Fault, type FindDraft, type Finding, type Value } from '../api';
import { discarding, finishing, type Dropped } from './photos/adding';
import { savedNow } from './saved';

/** Longest time a keystroke is not yet on the disk, saving aside. */
const PAUSE_MS = 500;
const NONE: Finding[] = [];
/** Another page has it: nothing more is saved here until somebody chose. */
const ELSEWHERE = ['draft_newer', 'draft_finished', 'draft_dropped'];

const same = (one: Finding[], other: Finding[]) => JSON.stringify(one) === JSON.stringify(other);

/** How a sheet stands; replaced whenever any of it changes. `draft` is empty until the first key was saved. */
export type Standing = { draft: string; version: number; saved: number | null; saving: boolean; fault: Fault | null; findings: Finding[]; children: string[]; tried: boolean };

/** What a sheet without a draft is about. */
export type Subject = Pick<Draft, 'form' | 'children' | 'about'>;

let count = 0;

/** Those that may have something not yet on the disk. */
const open = new Set<Sheet>();

/**
 * Brings everything typed anywhere to the disk: before a lock, or when the page goes. Words of a note that another window went on with, and nobody
 * chose about, become a draft of their own: the lock takes this page.
 */
export const flushAll = () => Promise.all([...open].map((sheet) => (sheet.elsewhere && sheet.form === 'visit' ? sheet.keepAsNew() : sheet.flush())));

/** What a field needs of what it stands in: a sheet, or one child's part of it. */
export interface Fields {
  readonly values: Record<string, Value>;
  readonly standing: Standing;
  readonly draft: string;
  /** Of which child of several alone; empty for all of them. */
  readonly child: string;
  value(key: string): Value | undefined;
  on(key: string, hear: () => void): () => void;
  findings(key: string): Finding[];
  put(key: string, value: Value | undefined): void;
  dropRow(prefix: string): void;
  withChild(child: string, along: boolean): void;
  flush(): Promise<boolean>;
}

export class Sheet implements Fields {
  readonly child = '';
  /** Another for each time it was read from the disk. */
  readonly opened = (count += 1);
  readonly form: string;
  readonly about: string | null;
  readonly values: Record<string, Value>;
  standing: Standing;
  private dirty = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private saving: Promise<void> | undefined;
  private over = false;
  private readonly hearers = new Map<string, Set<() => void>>();
  private found = new Map<string, Finding[]>();

  constructor(from: Draft | Subject) {
    this.form = from.form;
    this.about = from.about;
    const draft = 'draft' in from ? from : null;
    this.values = { ...draft?.values };
    this.standing = { draft: draft?.draft ?? '', version: draft?.version ?? 0, saved: draft?.saved ?? null, saving: false, fault: null, findings: draft?.findings ?? [], children: from.children, tried: false };
    this.sort(this.standing.findings);
  }

  value(key: string): Value | undefined {
    return this.values[key];
  }

  get draft(): string {
    return this.standing.draft;
  }

  /** Listens to one key, or to how the sheet stands under `''`. */
  on(key: string, hear: () => void): () => void {
    const hearers = this.hearers.get(key) ?? new Set();
    this.hearers.set(key, hearers.add(hear));
    return () => hearers.delete(hear);
  }

  /** What Rust says about a field: the same list until it says something else, so that a save draws only what changed. */
  findings(key: string): Finding[] {
    return this.found.get(key) ?? NONE;
  }

  private sort(findings: Finding[]) {
    const before = this.found;
    this.found = new Map();
    for (const { key } of findings) {
      const now = findings.filter((one) => one.key === key);
      const old = before.get(key);
      this.found.set(key, old && same(old, now) ? old : now);
    }
  }

  /** Writes a value; `undefined` empties the field. */
  put(key: string, value: Value | undefined) {
    if (this.values[key] === value) return;
    if (value === undefined || value === '') delete this.values[key];
    else this.values[key] = value;
    this.touch(key);
  }

  /** Writes a value as it is: an emptied field that says it is empty. */
  write(key: string, value: Value) {
    if (this.values[key] === value) return;
    this.values[key] = value;
    this.touch(key);
  }

  /** Takes a row out, and at once all that was said about it: nothing red stands about what is not there. */
  dropRow(prefix: string) {
    for (const key of Object.keys(this.values)) if (key.startsWith(prefix)) delete this.values[key];
    this.stand({ findings: this.standing.findings.filter(({ key }) => !key.startsWith(prefix)) });
    this.touch(prefix);
  }

  /** Takes a child along, or leaves it out; one child always stays. */
  withChild(child: string, along: boolean) {
    const others = this.standing.children.filter((other) => other !== child);
    const children = along ? [...others, child] : others;
    if (children.length === 0) return;
    this.stand({ children });
    this.touch('');
  }

  private touch(key: string) {
    this.dirty = true;
    open.add(this);
    this.hearers.get(key)?.forEach((hear) => hear());
    // counted from the first key and not from the last: who types without a pause is saved as well
    this.timer ??= setTimeout(() => void this.flush(), PAUSE_MS);
  }

  private stand(change: Partial<Standing>) {
    const { findings } = change;
    if (findings && same(findings, this.standing.findings)) delete change.findings;
    else if (findings) this.sort(findings);
    this.standing = { ...this.standing, ...change };
    this.hearers.get('')?.forEach((hear) => hear());
  }

  /** Whether another page wrote on in this draft, or ended it. */
  get elsewhere(): boolean {
    return ELSEWHERE.includes(this.standing.fault?.code ?? '');
  }

  /** Brings what is typed to the disk; whether it is there. */
  async flush(): Promise<boolean> {
    clearTimeout(this.timer);
    this.timer = undefined;
    await this.saving;
    if (!this.dirty || this.over) return true;
    if (this.elsewhere) return false;
    this.saving = this.save();
    await this.saving;
    this.saving = undefined;
    if (!this.dirty) open.delete(this);
    return !this.dirty;
  }

  private async save() {
    this.dirty = false;
    this.stand({ saving: true });
    try {
      if (this.emptied()) return await this.forget();
      const { draft, version, children: asked } = this.standing;
      const said = await call('draft.save', { ...(draft !== '' && { draft, version }), form: this.form, ...(this.about !== null && { about: this.about }), children: asked, values: { ...this.values } });
      savedNow();
      // a child that went to somebody else meanwhile leaves the note; who was taken along meanwhile stays
      const left = this.standing.children.filter((child) => said.children.includes(child) || !asked.includes(child));
      const { saved, findings } = said;
      this.stand({ draft: said.draft, version: said.version, saving: false, saved, findings, fault: null, ...(left.length < this.standing.children.length && { children: left }) });
    } catch (thrown) {
      this.dirty = true;
      this.stand({ saving: false, fault: asFault(thrown) });
      // the disk may have room again, the store may be open again
      if (!this.elsewhere) this.timer ??= setTimeout(() => void this.flush(), 4 * PAUSE_MS);
    }
  }

  /** Of a note a beginning stands there at once; everything else is a draft only while something stands in it. */
  private emptied(): boolean {
    return this.form !== 'visit' && Object.keys(this.values).length === 0;
  }

  private async forget() {
    if (this.draft !== '') await call('draft.drop', { draft: this.draft });
    this.stand({ draft: '', version: 0, saving: false, saved: null, findings: [], fault: null });
  }

  /** Another page ended the draft, or wrote on in it: said at once, not at the next key. */
  hear(fault: Fault) {
    if (!this.over && !this.standing.saving && ELSEWHERE.includes(fault.code)) this.stand({ fault });
  }

  /** Keeps what stands here, in place of what another page wrote. */
  async keepMine() {
    const there = await call('draft.open', { draft: this.draft });
    this.stand({ version: there.version, fault: null });
    this.dirty = true;
    await this.flush();
  }

  /** Keeps what stands here as a draft of its own. */
  async keepAsNew() {
    this.stand({ draft: '', version: 0, fault: null });
    this.dirty = true;
    await this.flush();
  }

  /** 完成 of a note: nothing when something red stands in the way (it is then in the standing), or a picture was refused. Throws a fault. */
  complete(): Promise<Completed | null> {
    return finishing(this.draft, () => this.finish());
  }

  private async finish(): Promise<Completed | null> {
    if (!(await this.flush()) || this.elsewhere) return null;
    const done = await call('visit.complete', { draft: this.draft, version: this.standing.version });
    if (done.records.length === 0) {
      this.stand({ tried: true, findings: sorted(done) });
      return null;
    }
    this.end();
    savedNow();
    return done;
  }

  /** Throws the draft away; the answer are its pictures. */
  discard(): Promise<Dropped[]> {
    return discarding(this.draft, async () => {
      clearTimeout(this.timer);
      await this.saving;
      if (this.draft !== '') await call('draft.drop', { draft: this.draft });
      this.end();
    });
  }

  /** It became what it was for, or is thrown away: nothing more is saved. */
  end() {
    this.over = true;
    clearTimeout(this.timer);
    open.delete(this);
  }
}

/** What is said of all children once, of one alone under its own key. */
function sorted({ findings }: Completed): Finding[] {
  const [first, ...rest] = findings;
  if (!first || rest.length === 0) return first?.findings ?? [];
  const common = first.findings.filter((one) => rest.every((other) => other.findings.some((found) => same([found], [one]))));
  const own = findings.flatMap(({ child, findings: found }) => found.filter((one) => !common.some((other) => same([other], [one]))).map((one) => ({ ...one, key: `of/${child}/${one.key}` })));
  return [...common, ...own];
}

export const useValue = (sheet: Fields, key: string): Value | undefined => useSyncExternalStore((hear) => sheet.on(key, hear), () => sheet.value(key));

/** A part of how the sheet stands: `of` answers with the same value while that part is the same. */
export const useStands = <T>(sheet: Fields, of: (standing: Standing) => T): T => useSyncExternalStore((hear) => sheet.on('', hear), () => of(sheet.standing));

/** What Rust says about a field. */
export const useFound = (sheet: Fields, key: string): Finding[] => useSyncExternalStore((hear) => sheet.on('', hear), () => sheet.findings(key));

type Opened = { sheet: Sheet | null; fault: Fault | null };

/** A draft by its id, or what was begun about something; where nothing was, an empty sheet. */
async function read(of: string | FindDraft): Promise<Sheet> {
  if (typeof of === 'string') return new Sheet(await call('draft.open', { draft: of }));
  return new Sheet((await call('draft.find', of)) ?? { form: of.form, children: of.child ? [of.child] : [], about: of.about ?? null });
}

/** The sheet of a draft; what is typed goes to the disk when the page is left, too. `again` reads it anew from the disk. */
export function useSheet(of: string | FindDraft): Opened & { again(): void } {
  const [opened, show] = useState<Opened>({ sheet: null, fault: null });
  const [turn, setTurn] = useState(0);
  const asked = JSON.stringify(of);
  useEffect(() => {
    let sheet: Sheet | null = null;
    let left = false;
    read(JSON.parse(asked) as string | FindDraft).then(
      (found) => {
        if (left) return;
        sheet = found;
        show({ sheet, fault: null });
      },
      (thrown: unknown) => !left && show({ sheet: null, fault: asFault(thrown) }),
    );
    return () => {
      left = true;
      void sheet?.flush();
    };
  }, [asked, turn]);
  return { ...opened, again: () => setTurn((n) => n + 1) };
}
