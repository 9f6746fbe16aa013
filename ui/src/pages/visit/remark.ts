// Writing a supplement or a review: says what came of it, and whether it is on the disk.
import { App } from 'antd';
import { useState } from 'react';
import { type Written } from '../../api';
import { announce } from '../../parts/announce';
import { tell } from '../../parts/fault';
import { savedNow } from '../../parts/saved';
import { spoken } from '../../text';

export function useRemark() {
  const { message } = App.useApp();
  const [busy, setBusy] = useState(false);
  async function write(run: () => Promise<Written>, said: string): Promise<boolean> {
    if (busy) return false;
    setBusy(true);
    try {
      const { record, findings } = await run();
      if (record === null) {
        void message.warning(findings[0] && spoken(findings[0]), 6);
        return false;
      }
      savedNow();
      void announce(message).success(said, 3);
      return true;
    } catch (thrown) {
      tell(message, thrown);
      return false;
    } finally {
      setBusy(false);
    }
  }
  return { busy, write };
}
