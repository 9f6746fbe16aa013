// From what hands type to Rust, which reads numbers, amounts and dates, and from what stands back into the input.
import type { CellShown, Kind, Value } from '../../api';

/** The text that was typed; `undefined` when the field was emptied. */
export function asValue(kind: Kind, text: string): Value | undefined {
  if (text.trim() === '') return undefined;
  return kind === 'long_text' ? text : text.trim();
}

/** What to show in the input for a value that stands. */
export function asTyped(kind: Kind, cell: CellShown | null): string {
  const value = cell?.value;
  if (value === null || value === undefined || typeof value === 'boolean') return '';
  if (kind === 'money' && typeof value === 'number') return value % 100 === 0 ? String(value / 100) : (value / 100).toFixed(2);
  return String(value);
}
