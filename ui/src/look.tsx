// How this person likes her screen: text size, elder mode, language. Kept with the settings of the store once it is open;
// a copy without content stands in localStorage, so that the unlock page is as large as the rest.
import { createContext, useContext, useEffect, useMemo, useState, type ReactNode } from 'react';
import { call } from './api';
import { SIZES, touch, type Size } from './style/theme';
import { i18n } from './text';

export type Look = { size: Size; elder: boolean; language: 'zh' | 'en' };
type Held = { look: Look; setLook(change: Partial<Look>): void };

const KEY = 'look';
/** From this size on pages stand in one column, as in elder mode, and as in a narrow window. */
const LARGE = 20;
const NARROW = '(max-width: 1100px)';
const USUAL: Look = { size: 16, elder: false, language: 'zh' };
const Context = createContext<Held>({ look: USUAL, setLook: () => undefined });

export const useLook = () => useContext(Context);

/** Reads a look from anything; what it does not understand stays as usual. */
export function asLook(kept: unknown): Look {
  const { size, elder, language } = (typeof kept === 'object' && kept !== null ? kept : {}) as Partial<Look>;
  return {
    size: SIZES.find((known) => known === size) ?? USUAL.size,
    elder: elder === true,
    language: language === 'en' ? 'en' : 'zh',
  };
}

function remembered(): Look {
  try {
    return asLook(JSON.parse(localStorage.getItem(KEY) ?? 'null'));
  } catch {
    return USUAL;
  }
}

export function LookProvider({ open, children }: { open: boolean; children: ReactNode }) {
  const [look, change] = useState(remembered);
  useEffect(() => {
    if (open) void call('settings.get', {}).then(({ values }) => values[KEY] !== undefined && change(asLook(values[KEY])), () => undefined);
  }, [open]);
  useEffect(() => {
    localStorage.setItem(KEY, JSON.stringify(look));
    const size = Math.max(look.size, look.elder ? 20 : 0);
    const { usual, small } = touch(size, look.elder);
    for (const [name, pixels] of [['--size', size], ['--touch', usual], ['--touch-small', small]] as const) document.documentElement.style.setProperty(name, `${pixels}px`);
    document.documentElement.lang = look.language === 'zh' ? 'zh-CN' : 'en';
    document.documentElement.classList.toggle('elder', look.elder);
    const large = look.elder || look.size >= LARGE;
    const asked = window.matchMedia(NARROW);
    const fit = () => void document.documentElement.classList.toggle('narrow', large || asked.matches);
    document.documentElement.classList.toggle('large', large);
    fit();
    asked.addEventListener('change', fit);
    void i18n.changeLanguage(look.language);
    return () => asked.removeEventListener('change', fit);
  }, [look]);
  const held = useMemo<Held>(
    () => ({
      look,
      setLook(part) {
        const next = { ...look, ...part };
        change(next);
        if (open) void call('settings.set', { key: KEY, value: next }).catch(() => undefined);
      },
    }),
    [look, open],
  );
  return <Context.Provider value={held}>{children}</Context.Provider>;
}
