// Pictures dragged onto the page, or pasted. A file dropped beside the place must not carry the window away.
import { useEffect, useState, type RefObject } from 'react';

/** Longest time between two signs that something is still held over the window. */
const STILL_MS = 400;

type Where = { zone: RefObject<HTMLElement | null>; /** The whole page takes them, not only the place itself. */ anywhere: boolean; on: boolean };

/** WebKitGTK hands no pasted picture over: where it draws, the screen does not promise it. */
export const takesPasted = (agent: string) => !/Linux.*AppleWebKit/.test(agent) || /Chrom(e|ium)\//.test(agent);

/** Takes what is dragged or pasted; whether something is held over the window now. */
export function useIncoming({ zone, anywhere, on }: Where, take: (files: File[]) => void): boolean {
  const [over, setOver] = useState(false);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const mine = (target: EventTarget | null) => on && (anywhere || (target instanceof Node && zone.current?.contains(target) === true));
    const drag = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      clearTimeout(timer);
      setOver(on);
      timer = setTimeout(() => setOver(false), STILL_MS);
    };
    const drop = (event: DragEvent) => {
      const files = [...(event.dataTransfer?.files ?? [])];
      if (files.length === 0) return;
      event.preventDefault();
      setOver(false);
      if (mine(event.target)) take(files);
    };
    const paste = (event: ClipboardEvent) => {
      const files = [...(event.clipboardData?.files ?? [])].filter(({ type }) => type.startsWith('image/'));
      if (files.length === 0 || !mine(event.target)) return;
      event.preventDefault();
      take(files);
    };
    window.addEventListener('dragover', drag);
    window.addEventListener('drop', drop);
    window.addEventListener('paste', paste);
    return () => {
      clearTimeout(timer);
      window.removeEventListener('dragover', drag);
      window.removeEventListener('drop', drop);
      window.removeEventListener('paste', paste);
    };
  }, [zone, anywhere, on, take]);
  return over;
}
