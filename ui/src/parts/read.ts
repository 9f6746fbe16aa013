// Days as hands type them are read by the core (`read.day`); the screen shows what it understood.
import { call, type TypedDay } from '../api';

/** The day meant, or the text itself and `read` false: Rust says what is wrong where it matters. */
export async function readDay(text: string, near: TypedDay['near']): Promise<{ text: string; read: boolean }> {
  if (text.trim() === '') return { text: '', read: false };
  const { text: day, problem } = await call('read.day', { text, near });
  return { text: day, read: problem === null };
}
