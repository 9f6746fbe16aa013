import type { ShellState } from '../../api';

export function Start({ state }: { state: ShellState }) {
  return <h1>{state.stage}</h1>;
}
