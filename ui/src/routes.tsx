// The list of all screens. Filters live in the address, so that "back" works.
import { createHashHistory, createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { Frame } from './Frame';
import { Waiting } from './parts/standing';

const root = createRootRoute({ component: Frame });
const at = <P extends string>(path: P, load: () => Promise<{ default: React.ComponentType }>) =>
  createRoute({ getParentRoute: () => root, path, component: lazyRouteComponent(load), pendingComponent: Waiting, validateSearch: (found: Record<string, unknown>) => found });

/** Screens: 今天 · 儿童 · 一人一档 · 走访 · 日终合并 · 人员与电脑 · 设置. */
const screens = [
  at('/', () => import('./pages/today/Today')),
  at('/children', () => import('./pages/children/Children')),
  at('/child/$child', () => import('./pages/child/Child')),
  at('/visits', () => import('./pages/visit/Visits')),
  at('/visit/write/$draft', () => import('./pages/visit/Write')),
  at('/visit/paper', () => import('./pages/visit/Paper')),
  at('/visit/$visit', () => import('./pages/visit/Note')),
  at('/dayend', () => import('./pages/dayend/Dayend')),
  at('/people', () => import('./pages/people/People')),
  at('/settings', () => import('./pages/settings/Settings')),
];

export const router = createRouter({ routeTree: root.addChildren(screens), history: createHashHistory(), defaultPreload: 'intent' });

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
