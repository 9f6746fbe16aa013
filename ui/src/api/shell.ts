// What the shell itself answers. Mirrors crates/desk/bindings/shell.ts.
export type Fault = { code: string; about: string; text: string };

export type Stage = 'new' | 'joined' | 'locked' | 'opening' | 'open';

export type ShellState = {
  stage: Stage;
  practice: boolean;
  version: string;
  /** Proposed name of this computer. */
  label: string;
  /** File a damaged store was put aside under. */
  aside: string | null;
  /** Opened by the recovery code: a new passphrase is due. */
  reopened: boolean;
  syncing: boolean;
  received: number;
  trouble: Fault | null;
  desktop: boolean;
};

export type News = { touched: string[] } | { state: ShellState } | { closing: { waiting: number } };

type None = Record<string, never>;
export type ShellCalls = {
  'shell.state': { args: None; answer: ShellState };
  'shell.enrol': { args: { address: string; code: string; label: string }; answer: { district: string; person: string; comparison: string } };
  'shell.strength': { args: { passphrase: string }; answer: { enough: boolean; score: number; words: string } };
  'shell.create': { args: { passphrase: string }; answer: { recovery: string } };
  'shell.unlock': { args: { secret: string }; answer: ShellState };
  'shell.passphrase': { args: { passphrase: string }; answer: { recovery: string | null } };
  'shell.recovery': { args: None; answer: { recovery: string } };
  'shell.lock': { args: None; answer: None };
  'shell.sync': { args: None; answer: None };
  'shell.practice': { args: { on: boolean }; answer: None };
  'shell.quit': { args: { sure: boolean }; answer: { leaving: boolean; waiting: number } };
};
