// The fields of one child of several: what was written for all, and in its place what is written of it alone.
import type { Value } from '../api';
import type { Fields, Sheet } from './sheet';

/** Where a draft keeps what is of one child alone, as `domain::visit::own_key`. */
export const ownKey = (child: string, key: string) => `of/${child}/${key}`;

/** Whose a key of a draft is, and what it is called in a note. */
export function splitKey(key: string): { child: string; name: string } {
  const found = /^of\/([^/]+)\/(.*)$/.exec(key);
  return { child: found?.[1] ?? '', name: found?.[2] ?? key };
}

/** Never shown as everybody's: what one child said, and rows that were added for all. */
const ONES_OWN = (key: string) => key === 'child_words' || key.startsWith('followup/');

export function ownFields(sheet: Sheet, child: string): Fields {
  const own = (key: string) => ownKey(child, key);
  const first = sheet.standing.children[0] === child;
  const common = (key: string): Value | undefined => (ONES_OWN(key) && !(first && key === 'child_words') ? undefined : sheet.values[key]);
  return {
    get values() {
      const merged: Record<string, Value> = {};
      for (const key of Object.keys(sheet.values)) {
        const { child: whose, name } = splitKey(key);
        const value = whose === '' ? common(key) : sheet.values[key];
        if (value !== undefined && (whose === child || (whose === '' && sheet.values[own(key)] === undefined))) merged[name] = value;
      }
      return merged;
    },
    get standing() {
      return sheet.standing;
    },
    get draft() {
      return sheet.draft;
    },
    child,
    // null is an answer of its own: 未采集
    value: (key) => (sheet.values[own(key)] === undefined ? common(key) : sheet.values[own(key)]),
    on(key, hear) {
      if (key === '') return sheet.on('', hear);
      const stops = [sheet.on(key, hear), sheet.on(own(key), hear)];
      return () => stops.forEach((stop) => stop());
    },
    findings(key) {
      const found = sheet.findings(own(key));
      return found.length > 0 ? found : sheet.findings(key);
    },
    put(key, value) {
      const empty = value === undefined || value === '';
      // as it stands for all: a later change of that reaches this child as well
      if (value === common(key)) sheet.put(own(key), undefined);
      // emptied for this child, though it stands for all
      else if (empty && common(key) !== undefined) sheet.write(own(key), key.includes('/') ? false : '');
      else sheet.put(own(key), value);
    },
    dropRow: (prefix) => sheet.dropRow(own(prefix)),
    withChild: (other, along) => sheet.withChild(other, along),
    flush: () => sheet.flush(),
  };
}
