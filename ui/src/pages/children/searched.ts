// A search box that waits: 200 ms after the last key, and never in the middle of a composed word.
import { useEffect, useRef, useState } from 'react';

const PAUSE_MS = 200;

/** The text in the box, what to spread on the input, and the text to search for. */
export function useSearched(first: string, search: (text: string) => void) {
  const [typed, setTyped] = useState(first);
  const [composed, setComposed] = useState(false);
  const said = useRef(first);
  const latest = useRef(search);
  useEffect(() => {
    latest.current = search;
  });
  useEffect(() => {
    if (composed || typed === said.current) return;
    const timer = setTimeout(() => {
      said.current = typed;
      latest.current(typed.trim());
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed, composed]);
  const reset = (text: string) => {
    said.current = text;
    setTyped(text);
  };
  return { typed, setTyped, reset, composition: { onCompositionStart: () => setComposed(true), onCompositionEnd: () => setComposed(false) } };
}
