// From what hands type to the value Rust is given, and back into the input. What cannot be read goes as it is: Rust says what to do.
import type { CellShown, Kind, Value } from '../../api';
import { asDay } from '../../parts/day';

/** The value meant by a text; `undefined` when the field was emptied. */
export function asValue(kind: Kind, text: string, today: string): Value | undefined {
  const plain = kind === 'long_text' ? text : text.trim();
  if (plain.trim() === '') return undefined;
  switch (kind) {
    case 'int':
      return /^\d{1,9}$/.test(plain) ? Number(plain) : plain;
    case 'money': {
      const yuan = /^(\d{1,9})(?:\.(\d{1,2}))?\s*元?$/.exec(plain.replace(/[,，]/g, ''));
      return yuan ? Number(yuan[1]) * 100 + Number((yuan[2] ?? '').padEnd(2, '0')) : plain;
    }
    case 'day':
    case 'month':
      return asDay(plain, today);
    default:
      return plain;
  }
}

/** What to show in the input for a value that stands. */
export function asTyped(kind: Kind, cell: CellShown | null): string {
  const value = cell?.value;
  if (value === null || value === undefined || typeof value === 'boolean') return '';
  if (kind === 'money' && typeof value === 'number') return value % 100 === 0 ? String(value / 100) : (value / 100).toFixed(2);
  return String(value);
}
