// What was done on this page since it was opened. Z takes back the last of it, and nothing before that.
import { App } from 'antd';
import { createContext, useContext, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call, queries, type HeldDeed, type HeldWork } from '../../api';
import { tell } from '../../parts/fault';
import { composing } from '../../parts/keys';
import { announce } from '../../parts/announce';
import { savedNow } from '../../parts/saved';
import { wantBack } from './lines';

/** What names a value that differs, or differed. */
export const differsId = ({ record, key }: { record: string; key: string }) => `${record} ${key}`;

/** A value chosen, which can be taken back. */
export type Choice = { kind: 'choice'; one: { child: string; record: string; key: string }; /** Which change it was; this person's last of the field where it is left out. */ change?: string };
/** A note marked as read or sent back: no call takes that back. */
export type Reviewed = { kind: 'read' | 'returned'; name: string };
/** Held work decided on; what was taken over stays. */
export type Settled = { kind: 'settled'; work: HeldWork; deed: HeldDeed };
export type Deed = Choice | Reviewed | Settled;
type Undoable = Choice | Settled;

type Deeds = { all: Deed[]; did(deed: Deed): void; takeBack(deed: Undoable): Promise<void> };

export const DeedsHere = createContext<Deeds>({ all: [], did: () => undefined, takeBack: async () => undefined });
export const useDeeds = () => useContext(DeedsHere);

/** The last thing done; what Z is about. */
export const last = (all: Deed[]): Deed | undefined => all.at(-1);

/** Whether Z takes it back. */
export const undoable = (deed: Deed | undefined): boolean => deed?.kind === 'choice' || (deed?.kind === 'settled' && deed.deed !== 'take');

export function useDeedsOfPage(): Deeds {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const [all, setAll] = useState<Deed[]>([]);
  const busy = useRef(false);
  async function takeBack(deed: Undoable) {
    if (busy.current) return;
    busy.current = true;
    if (deed.kind === 'settled') wantBack('held', `${deed.work.device} ${deed.work.record}`);
    else wantBack('differs', differsId(deed.one));
    try {
      if (deed.kind === 'settled') await call('held.settle', { device: deed.work.device, record: deed.work.record, deed: 'reopen' });
      else if (!(await undone(deed))) return void announce(message).info(t('dayend.not_undone'), 5);
      savedNow();
      await queries.invalidateQueries({ queryKey: [deed.kind === 'settled' ? 'held.list' : 'dayend'] });
      setAll((before) => before.filter((other) => other !== deed && !(deed.kind === 'choice' && other.kind === 'choice' && differsId(other.one) === differsId(deed.one))));
      void announce(message).success(t(deed.kind === 'settled' ? 'held.reopened' : 'dayend.undone'), 3);
    } catch (thrown) {
      tell(message, thrown);
    } finally {
      busy.current = false;
    }
  }
  useUndoKey(() => {
    const deed = last(all);
    if (!deed) void message.info({ key: 'undo', content: t('dayend.nothing_done'), duration: 4 });
    else if (deed.kind === 'settled' && deed.deed === 'take') void message.info({ key: 'undo', content: t('held.take_stays', { name: deed.work.name }), duration: 6 });
    else if (deed.kind === 'choice' || deed.kind === 'settled') void takeBack(deed);
    else void message.info({ key: 'undo', content: t(deed.kind === 'read' ? 'dayend.read_stays' : 'dayend.returned_stays', { name: deed.name }), duration: 6 });
  });
  return { all, did: (deed) => setAll((before) => [...before, deed]), takeBack };
}

/** Whether the choice was taken back; not when somebody changed that field since. */
async function undone({ one: { child, record, key }, change }: Choice): Promise<boolean> {
  if (change !== undefined) return (await call('child.undo', { record, change })).saved.length > 0;
  const lines = await call('child.history', { child });
  const line = lines.find((one) => one.who.own && one.record === record && one.key === key);
  return line !== undefined && (await call('child.undo', { record, change: line.change })).saved.length > 0;
}

/** Z and Ctrl+Z; where something is typed, or a window stands over the page, they keep their own meaning. */
function useUndoKey(undo: () => void) {
  const latest = useRef(undo);
  useEffect(() => {
    latest.current = undo;
  });
  useEffect(() => {
    const key = (event: globalThis.KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'z' || event.altKey || event.shiftKey || event.repeat || composing(event)) return;
      if (event.target instanceof HTMLElement && event.target.closest('input, textarea, [role=dialog]')) return;
      event.preventDefault();
      latest.current();
    };
    window.addEventListener('keydown', key);
    return () => window.removeEventListener('keydown', key);
  }, []);
}
