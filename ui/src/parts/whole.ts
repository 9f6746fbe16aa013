// What is cut for want of room can be read whole: under the pointer, and by whoever reads titles.
import { useEffect } from 'react';

/** Gives every cut line its own words as title when the pointer comes to it. */
export function useWhole() {
  useEffect(() => {
    const come = ({ target }: PointerEvent) => {
      const cut = target instanceof Element ? target.closest<HTMLElement>('.clip') : null;
      if (cut && !cut.title && cut.scrollWidth > cut.clientWidth) cut.title = cut.textContent;
    };
    document.addEventListener('pointerover', come);
    return () => document.removeEventListener('pointerover', come);
  }, []);
}
