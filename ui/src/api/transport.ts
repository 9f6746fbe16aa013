// How the screens reach the core: the only folder that knows which shell they stand in.
import type { Calls } from '@calls';
import type { Fault, News, ShellCalls } from './shell';

/** Every call there is: the client's and the shell's. */
export type AllCalls = Calls & ShellCalls;
export type CallName = keyof AllCalls;
export type Args<N extends CallName> = AllCalls[N]['args'];
export type Answer<N extends CallName> = AllCalls[N]['answer'];

export interface Transport {
  /** One call; throws a {@link CallFault}. */
  data(name: string, args: unknown): Promise<unknown>;
  /** Listens to the shell's news until the returned function is called. */
  listen(heard: (news: News) => void): () => void;
}

/** A refusal with the sentence that says what to do. */
export class CallFault extends Error {
  readonly fault: Fault;
  constructor(fault: Fault) {
    super(fault.text);
    this.fault = fault;
  }
}

/** Reads whatever was thrown as a fault; what is none is a defect of ours. */
export function asFault(thrown: unknown): Fault {
  if (thrown instanceof CallFault) return thrown.fault;
  return {
    code: 'bug', about: '', text: '程序出了差错，已保存的内容不受影响；请重新打开童档，并把情况告诉区中心。',
    en: 'The program made a mistake; what was saved is untouched. Open Tongdang again and tell the centre what happened.',
  };
}

let transport: Promise<Transport> | undefined;

export function setTransport(other: Transport) {
  transport = Promise.resolve(other);
}

function chosen(): Promise<Transport> {
  transport ??= '__TAURI_INTERNALS__' in window
    ? import('./tauri').then((m) => m.tauri)
    : import('./loopback').then((m) => m.loopback);
  return transport;
}

/** Makes one call. */
export async function call<N extends CallName>(name: N, args: Args<N>): Promise<Answer<N>> {
  return (await (await chosen()).data(name, args)) as Answer<N>;
}

/** Listens to the shell's news. */
export function listen(heard: (news: News) => void): () => void {
  let stop: (() => void) | undefined;
  let over = false;
  void chosen().then((t) => {
    stop = t.listen(heard);
    if (over) stop();
  });
  return () => {
    over = true;
    stop?.();
  };
}
