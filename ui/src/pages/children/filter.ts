// What the address says is to be listed. Anything may stand in an address; what is not understood is left out.
import { isDay } from '../../parts/time';
import type { Card, DueFilter, Filter, Sort } from '../../api';

export type Wanted = { text?: string; categories?: string[]; risk?: string[]; due?: DueFilter[]; area?: string; post?: string; missing?: true; differs?: true; unvisited?: true; unassessed?: true; closed?: true; due_on?: string; sort?: Sort };

/** What is asked for or not. */
const FLAGS = ['missing', 'differs', 'unvisited', 'unassessed', 'closed'] as const;

/** In place of a post: in nobody's charge. */
export const NOBODY = 'nobody';

const DUE: readonly string[] = ['overdue', 'today', 'coming', 'later'];
const SORTS: readonly string[] = ['due', 'name', 'risk', 'visit'];

function texts(found: unknown): string[] | undefined {
  const list = (Array.isArray(found) ? found : [found]).filter((one) => typeof one === 'string' || typeof one === 'number').map(String).filter(Boolean);
  return list.length > 0 ? list : undefined;
}

/** Reads an address; leaves out what is empty, so that two addresses of one filter are equal. */
export function asWanted(found: Record<string, unknown>): Wanted {
  const wanted: Wanted = {};
  const [text] = texts(found.text) ?? [];
  const [area] = texts(found.area) ?? [];
  const [post] = texts(found.post) ?? [];
  const categories = texts(found.categories);
  const risk = texts(found.risk);
  const due = texts(found.due)?.filter((one) => DUE.includes(one));
  if (text) wanted.text = text;
  if (categories) wanted.categories = categories;
  if (risk) wanted.risk = risk;
  if (due && due.length > 0) wanted.due = due as DueFilter[];
  if (area) wanted.area = area;
  if (post) wanted.post = post;
  for (const flag of FLAGS) if (found[flag] === true || found[flag] === 'true') wanted[flag] = true;
  const [dueOn] = texts(found.due_on)?.filter(isDay) ?? [];
  if (dueOn) wanted.due_on = dueOn;
  if (SORTS.includes(String(found.sort)) && found.sort !== 'due') wanted.sort = found.sort as Sort;
  return wanted;
}

/** As `children.list` takes it; it cannot ask for nobody's. */
export function asFilter({ post, ...wanted }: Wanted): Filter {
  return post === undefined || post === NOBODY ? wanted : { ...wanted, post };
}

/** What the core's list cannot leave out by itself. */
export const shown = (cards: Card[], { post }: Wanted): Card[] => (post === NOBODY ? cards.filter(({ posts }) => posts.length === 0) : cards);

/** Whether anything but the order is asked for. */
export const narrows = ({ sort: _, ...rest }: Wanted) => Object.keys(rest).length > 0;

/** The list with one taken in or out. */
export function toggled<T>(list: readonly T[] | undefined, one: T): T[] {
  const now = list ?? [];
  return now.includes(one) ? now.filter((other) => other !== one) : [...now, one];
}

/** A filter somebody keeps under a name (setting `filters`). */
export type Kept = { name: string; params: Wanted };

export function asKept(setting: unknown): Kept[] {
  if (!Array.isArray(setting)) return [];
  return setting
    .filter((one): one is { name: string; params: Record<string, unknown> } => typeof one?.name === 'string' && typeof one?.params === 'object' && one.params !== null)
    .map(({ name, params }) => ({ name, params: asWanted(params) }));
}
