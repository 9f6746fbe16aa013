// Who is meant by a few typed letters: by name, post, community, computer, or the six digits read out on the telephone.
import type { PersonLine } from '../../api';

const digits = (text: string) => text.replace(/[\s-]/g, '');

export function named({ name, posts, devices }: PersonLine, typed: string): boolean {
  const text = typed.trim().toLowerCase();
  if (text === '') return true;
  const words = [name, ...posts.flatMap(({ title, unit }) => [title.text, title.en, unit]), ...devices.map(({ label }) => label)];
  return words.some((word) => word.toLowerCase().includes(text)) || (/^\d/.test(digits(text)) && devices.some((device) => device.digits.startsWith(digits(text))));
}
