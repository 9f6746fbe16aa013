// A visit note being written: what is typed stands here, the disk has it within a second, Rust says what is still to do.
import { useEffect, useState, useSyncExternalStore } from 'react';
import { asFault, call, type Completed, type Draft, type Fault, type Finding, type Value } from '../../api';
import { discarding, finishing, type Picture } from '../../parts/photos/adding';
import { savedNow } from '../../parts/saved';

/** Longest time a keystroke is not yet on the disk, saving aside. */
const PAUSE_MS = 500;
const NONE: Finding[] = [];

const same = (one: Finding[], other: Finding[]) => JSON.stringify(one) === JSON.stringify(other);

/** How a sheet stands; replaced whenever any of it changes. */
export type Standing = { saved: number | null; saving: boolean; fault: Fault | null; findings: Finding[]; children: string[]; tried: boolean };

export class Sheet {
  readonly draft: string;
  readonly values: Record<string, Value>;
  standing: Standing;
  private dirty = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private saving: Promise<void> | undefined;
  private over = false;
  private readonly hearers = new Map<string, Set<() => void>>();
  private found = new Map<string, Finding[]>();

  constructor({ draft, children, values, saved, findings }: Draft) {
    this.draft = draft;
    this.values = { ...values };
    this.standing = { saved, saving: false, fault: null, findings, children, tried: false };
    this.sort(findings);
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

  /** Brings what is typed to the disk; whether it is there. */
  async flush(): Promise<boolean> {
    clearTimeout(this.timer);
    this.timer = undefined;
    await this.saving;
    if (!this.dirty || this.over) return true;
    this.saving = this.save();
    await this.saving;
    this.saving = undefined;
    return !this.dirty;
  }

  private async save() {
    this.dirty = false;
    this.stand({ saving: true });
    try {
      const asked = this.standing.children;
      const { saved, children, findings } = await call('visit.draft.save', { draft: this.draft, children: asked, values: { ...this.values } });
      savedNow();
      // a child that went to somebody else meanwhile leaves the note; who was taken along meanwhile stays
      const left = this.standing.children.filter((child) => children.includes(child) || !asked.includes(child));
      this.stand({ saving: false, saved, findings, fault: null, ...(left.length < this.standing.children.length && { children: left }) });
    } catch (thrown) {
      this.dirty = true;
      this.stand({ saving: false, fault: asFault(thrown) });
      // the disk may have room again, the store may be open again
      this.timer ??= setTimeout(() => void this.flush(), 4 * PAUSE_MS);
    }
  }

  /** 完成: nothing when something red stands in the way (it is then in the standing), or a picture was refused. Throws a fault. */
  complete(): Promise<Completed | null> {
    return finishing(this.draft, () => this.finish());
  }

  private async finish(): Promise<Completed | null> {
    if (!(await this.flush())) return null;
    const done = await call('visit.complete', { draft: this.draft });
    if (done.records.length === 0) {
      this.stand({ tried: true, findings: done.findings.flatMap(({ findings }) => findings) });
      return null;
    }
    this.end();
    savedNow();
    return done;
  }

  /** Throws the draft away; the answer are its pictures. */
  discard(): Promise<(Picture & { field: string })[]> {
    return discarding(this.draft, async () => {
      clearTimeout(this.timer);
      await this.saving;
      await call('visit.draft.drop', { draft: this.draft });
      this.end();
    });
  }

  private end() {
    this.over = true;
    clearTimeout(this.timer);
  }
}

export const useValue = (sheet: Sheet, key: string): Value | undefined => useSyncExternalStore((hear) => sheet.on(key, hear), () => sheet.values[key]);

/** A part of how the sheet stands: `of` answers with the same value while that part is the same. */
export const useStands = <T>(sheet: Sheet, of: (standing: Standing) => T): T => useSyncExternalStore((hear) => sheet.on('', hear), () => of(sheet.standing));

/** What Rust says about a field. */
export const useFound = (sheet: Sheet, key: string): Finding[] => useSyncExternalStore((hear) => sheet.on('', hear), () => sheet.findings(key));

/** The sheet of a draft; what is typed goes to the disk when the page is left, too. */
export function useSheet(draft: string): { sheet: Sheet | null; fault: Fault | null } {
  const [opened, open] = useState<{ sheet: Sheet | null; fault: Fault | null }>({ sheet: null, fault: null });
  useEffect(() => {
    let sheet: Sheet | null = null;
    let left = false;
    call('visit.draft.open', { draft }).then(
      (found) => {
        if (left) return;
        sheet = new Sheet(found);
        open({ sheet, fault: null });
      },
      (thrown: unknown) => !left && open({ sheet: null, fault: asFault(thrown) }),
    );
    return () => {
      left = true;
      void sheet?.flush();
    };
  }, [draft]);
  return opened;
}
