// Where a draft is written on: each form has its page.
import type { DraftLine } from '../api';

/** An address, as links take it. */
export type Where = { to: string; params?: Record<string, string>; search?: Record<string, unknown> };

/** The address of the page that opens with this draft in it. */
export function placeOf({ draft, form, children, about }: Pick<DraftLine, 'draft' | 'form' | 'children' | 'about'>): Where {
  switch (form) {
    case 'supplement':
    case 'review':
      return { to: '/visit/$visit', params: { visit: about ?? '' } };
    // the box while the alarm waits, and afterwards what was not sent
    case 'alarm':
      return { to: '/child/$child', params: { child: children[0] ?? '' } };
    case 'assessment':
      return { to: '/child/$child', params: { child: children[0] ?? '' }, search: { assess: true } };
    case 'child':
      return { to: '/children', search: { register: true } };
    default:
      return { to: '/visit/write/$draft', params: { draft } };
  }
}
