// The same screens in the system's browser, behind the loopback shell.
import type { Fault, News } from './shell';
import { CallFault, type Transport } from './transport';

const GONE: Fault = {
  code: 'shell_gone', about: '', text: '童档已经关闭。已保存的内容都在本机；请重新打开童档。',
  en: 'Tongdang was closed. What was saved is on this computer; please open it again.',
};

export const loopback: Transport = {
  async data(name, args) {
    let answer: Response;
    try {
      answer = await fetch(`/data/${name}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(args) });
    } catch {
      throw new CallFault(GONE);
    }
    const said: unknown = await answer.json().catch(() => null);
    if (answer.ok) return said;
    throw new CallFault(said && typeof said === 'object' && 'text' in said ? (said as Fault) : GONE);
  },
  listen(heard) {
    const source = new EventSource('/news');
    source.onmessage = (event) => heard(JSON.parse(event.data as string) as News);
    return () => source.close();
  },
};
