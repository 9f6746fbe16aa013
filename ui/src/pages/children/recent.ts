// The children looked at last: ids only, on this device (setting `recent`).
import { useEffect } from 'react';
import { call, queries, useAnswer, type ChildId, type Settings } from '../../api';

const MOST = 8;

export function asRecent(setting: unknown): ChildId[] {
  return Array.isArray(setting) ? setting.filter((id) => typeof id === 'string').slice(0, MOST) : [];
}

export function useRecent(): ChildId[] {
  return asRecent(useAnswer('settings.get', {}).data?.values.recent);
}

/** Puts a child first among the recent ones once its file is shown. */
export function useSeen(child: ChildId | undefined) {
  useEffect(() => {
    if (!child) return;
    const note = async () => {
      const known = queries.getQueryData<Settings>(['settings.get', {}]) ?? (await call('settings.get', {}));
      const recent = asRecent(known.values.recent);
      if (recent[0] !== child) await call('settings.set', { key: 'recent', value: [child, ...recent.filter((id) => id !== child)].slice(0, MOST) });
    };
    void note().catch(() => undefined);
  }, [child]);
}
