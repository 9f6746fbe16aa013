// 立即同步, and what came of it: with nothing to send and nothing to fetch it would otherwise be answered by silence.
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAct, useAnswer, type Fault, type SyncState } from '../api';
import { clock } from './time';

/** So long 已是最新 stands where else 最近同步 does. */
const SAID_MS = 10_000;

type Syncing = { state: SyncState | undefined; error: Fault | null; busy: boolean; trouble: Fault | null; /** Photographs count as well. */ waiting: number; last: string; now(): void };

export function useSyncing(): Syncing {
  const { t } = useTranslation();
  const sync = useAnswer('sync.state', {});
  const shell = useAnswer('shell.state', {});
  const ask = useAct('shell.sync');
  // when the last exchange had been, as the button was pressed
  const [before, pressed] = useState<number | null>();
  const { syncing = false, received = 0, trouble = null } = shell.data ?? {};
  const waiting = (sync.data?.waiting ?? 0) + (sync.data?.files_waiting ?? 0);
  const at = sync.data?.synced ?? null;
  const fresh = before !== undefined && !syncing && at !== before;
  useEffect(() => {
    if (!fresh) return;
    const timer = setTimeout(() => pressed(undefined), SAID_MS);
    return () => clearTimeout(timer);
  }, [fresh]);
  const last = syncing ? received > 100_000 ? t('words.syncing_size', { size: (received / 1_000_000).toFixed(1) }) : t('words.syncing')
    : !sync.data ? '…' : at === null ? t('words.never_synced') : t(fresh && waiting === 0 ? 'words.up_to_date' : 'words.synced', { time: clock(at) });
  return {
    state: sync.data, error: sync.error, busy: syncing || ask.isPending, trouble: ask.error ?? (syncing ? null : trouble), waiting, last,
    now() {
      pressed(at);
      ask.mutate({});
    },
  };
}
