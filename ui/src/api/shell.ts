// What the shell itself answers, generated from crates/desk/src/shell.
export type { Fault, News, ShellCalls, ShellState, Stage } from '@shell';
