// Which of the children that left are told together: those no longer seen that went the same way.
import type { Departed } from '../../api';

export type Ones = [Departed, ...Departed[]];

const way = (one: Departed) => (one.name !== null ? one.child : one.how === 'handed' ? `handed ${one.person}` : one.how);

export function together(all: Departed[]): Ones[] {
  const ways = new Map<string, Ones>();
  for (const one of all) {
    const known = ways.get(way(one));
    if (known) known.push(one);
    else ways.set(way(one), [one]);
  }
  return [...ways.values()];
}
