// The door of the screens to the core.
export * from '@calls';
export type { Fault, News, ShellState, Stage } from './shell';
export { asFault, call, CallFault, listen, type Answer, type Args, type CallName } from './transport';
export { onNews, queries, touched, useAct, useAnswer } from './query';
