// The real window.
import { invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';
import type { Fault, News } from './shell';
import { CallFault, type Transport } from './transport';

export const tauri: Transport = {
  async data(name, args) {
    try {
      return await invoke('data', { name, args });
    } catch (thrown) {
      throw new CallFault(thrown as Fault);
    }
  },
  listen(heard) {
    const stopping = listen<News>('news', (event) => heard(event.payload));
    return () => void stopping.then((stop) => stop());
  },
};
