// Which children go to whom (分派, 移交) and back from whom (收回). Given first, taken back after: in between a child has two people, never nobody.
import { call, type Card, type ChildId, type PostId, type Role } from '../../api';

/** So many children at once, as the core takes them. */
export const MOST = 60;

type Part = { post: PostId; children: ChildId[] };
export type Moves = { give: Part[]; take: Part[] };
/** What is to be known of a child to hand it over. */
export type Held = Pick<Card, 'child' | 'name' | 'posts'>;

const part = (post: PostId, children: Held[]): Part[] => (children.length > 0 ? [{ post, children: children.map(({ child }) => child) }] : []);
const has = (post: PostId) => ({ posts }: Held) => posts.some((charge) => charge.post === post);

/** Everybody in whose charge these children are, with how many of them; who has most first. */
export function holders(children: Held[]): { post: PostId; role: Role; person: string; may_take: boolean; n: number }[] {
  const all = new Map(children.flatMap(({ posts }) => posts.map((charge) => [charge.post, charge] as const)));
  return [...all.values()].map((charge) => ({ ...charge, n: children.filter(has(charge.post)).length })).sort((a, b) => b.n - a.n);
}

/** Into the charge of a post; whoever has the same role gives them back, unless she is to be kept. */
export function handed(children: Held[], to: { post: PostId; role: Role }, keep: boolean): Moves {
  const give = part(to.post, children.filter((child) => !has(to.post)(child)));
  const before = keep ? [] : holders(children).filter(({ post, role, may_take: may }) => may && role === to.role && post !== to.post);
  return { give, take: before.flatMap(({ post }) => part(post, children.filter(has(post)))) };
}

export const takenBack = (children: Held[], post: PostId): Moves => ({ give: [], take: part(post, children.filter(has(post))) });

/** What takes them back. */
export const opposite = ({ give, take }: Moves): Moves => ({ give: take, take: give });

/** Carries them out; throws what the core refused. */
export async function carryOut({ give, take }: Moves) {
  for (const one of give) await call('roster.assign', one);
  for (const one of take) await call('roster.withdraw', one);
}
