// Handing over, said in a line that can be taken back for a while.
import { App, Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { asFault, type Fault } from '../../api';
import { afresh, announce } from '../announce';
import { tell } from '../fault';
import { savedNow } from '../saved';
import { carryOut, opposite, type Moves } from './moves';

/** Seconds for which it can be taken back. */
const UNDO_S = 12;

export function useMoving() {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<Fault | null>(null);
  /** Whether it was done. */
  async function move(moves: Moves, said: string): Promise<boolean> {
    if (busy) return false;
    setBusy(true);
    setFault(null);
    try {
      await carryOut(moves);
      savedNow();
      const undo = <Button size="small" type="link" onClick={() => void takeBack(moves)} data-testid="undo">{t('words.undo')}</Button>;
      void message.open({ key: 'moved', type: 'success', duration: afresh(UNDO_S), content: <span>{said} {undo}</span> });
      return true;
    } catch (thrown) {
      setFault(asFault(thrown));
      return false;
    } finally {
      setBusy(false);
    }
  }
  async function takeBack(moves: Moves) {
    message.destroy('moved');
    try {
      await carryOut(opposite(moves));
      savedNow();
      void announce(message).success(t('words.undone'), 3);
    } catch (thrown) {
      tell(message, thrown);
    }
  }
  return { move, busy, fault };
}
