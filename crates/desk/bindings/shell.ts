// Written by `cargo test -p desk` with TONGDANG_BINDINGS=write; do not edit.
// Every call of the desk: see crates/desk/src/shell/calls.rs.

export type Change = { passphrase: string, old: string | null, };

export type Closing = { 
/**
 * How many changes are on this disk only.
 */
waiting: number, };

export type Fault = { 
/**
 * Which one.
 */
code: string, 
/**
 * A field key, a record id or a file name.
 */
about: string, 
/**
 * What happened, what to do.
 */
text: string, 
/**
 * The same in English.
 */
en: string, };

export type Join = { 
/**
 * Host and port of the district's server.
 */
address: string, 
/**
 * The one-time code, however it is typed.
 */
code: string, 
/**
 * What people will call this computer.
 */
label: string, };

export type Joined = { 
/**
 * Its name.
 */
district: string, 
/**
 * The name of the person the code was for.
 */
person: string, 
/**
 * Six digits the station sees too.
 */
comparison: string, };

export type Leaving = { leaving: boolean, waiting: number, };

export type NewPin = { secret: string, pin: string | null, };

export type News = { "touched": Array<string> } | { "state": ShellState } | { "closing": Closing };

export type Nothing = Record<symbol, never>;

export type Passphrase = { passphrase: string, };

export type Pin = "none" | "set" | "unavailable";

export type Practise = { on: boolean, };

export type Quit = { sure: boolean, };

export type Recovery = { recovery: string, };

export type Renewed = { recovery: string | null, };

export type Secret = { secret: string, };

export type ShellState = { 
/**
 * What can be done now.
 */
stage: Stage, 
/**
 * In the practice district.
 */
practice: boolean, 
/**
 * Version of the program.
 */
version: string, 
/**
 * Proposed name of this computer.
 */
label: string, 
/**
 * File a damaged store was put aside under, at this unlock.
 */
aside: string | null, 
/**
 * Opened by the recovery code: a new passphrase is due.
 */
reopened: boolean, 
/**
 * Whether a short PIN opens as well.
 */
pin: Pin, 
/**
 * An exchange is under way.
 */
syncing: boolean, 
/**
 * Bytes of its answer so far.
 */
received: number, 
/**
 * What the last exchange met; `null` after a good one.
 */
trouble: Fault | null, 
/**
 * A window of its own, not a browser's.
 */
desktop: boolean, };

export type Stage = "new" | "joined" | "locked" | "opening" | "open";

export type Strength = { 
/**
 * Whether it may be used.
 */
enough: boolean, 
/**
 * 0 (guessed at once) to 4.
 */
score: number, 
/**
 * How long it holds and what to do.
 */
words: Words, };

export type Words = { 
/**
 * In Chinese.
 */
text: string, 
/**
 * In English.
 */
en: string, };

/** Arguments and answer of every call. */
export type ShellCalls = {
  "shell.state": { args: Nothing; answer: ShellState };
  "shell.enrol": { args: Join; answer: Joined };
  "shell.strength": { args: Passphrase; answer: Strength };
  "shell.create": { args: Passphrase; answer: Recovery };
  "shell.unlock": { args: Secret; answer: ShellState };
  "shell.passphrase": { args: Change; answer: Renewed };
  "shell.recovery": { args: Secret; answer: Recovery };
  "shell.pin": { args: NewPin; answer: ShellState };
  "shell.lock": { args: Nothing; answer: Nothing };
  "shell.sync": { args: Nothing; answer: Nothing };
  "shell.practice": { args: Practise; answer: Nothing };
  "shell.quit": { args: Quit; answer: Leaving };
};
