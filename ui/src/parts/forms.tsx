// The forms and code tables of the core, asked for once: were every field to ask by itself, a file would have a hundred askers.
import { createContext, useContext, type ReactNode } from 'react';
import { useAnswer, type Forms } from '../api';

const Context = createContext<Forms | undefined>(undefined);

/** Nothing until the core has answered. */
export const useForms = () => useContext(Context);

export function FormsProvider({ children }: { children: ReactNode }) {
  const { data } = useAnswer('forms', {});
  return <Context.Provider value={data}>{children}</Context.Provider>;
}
