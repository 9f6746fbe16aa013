// The line of text a station gives ("host:port CODE"), taken apart. Whether it is right Rust decides.

export type Line = { address: string; code: string };

/** Four groups of five at the end, however they are kept apart. */
const CODE = /(?:^|[^0-9a-z])((?:[0-9a-z]{5}[-—–_·.\s]*){3}[0-9a-z]{5})[\s。.]*$/i;
const ADDRESS = /\[[0-9a-f:]+\](?::\d+)?|[0-9a-z][0-9a-z-]*(?:\.[0-9a-z-]+)+(?::\d+)?|[0-9a-z][0-9a-z-]*:\d+/i;

/** What stands in a pasted text; an empty part was not found. */
export function apart(text: string): Line {
  const plain = text.normalize('NFKC').trim();
  const code = CODE.exec(plain);
  const before = code ? plain.slice(0, code.index + 1) : plain;
  return { address: ADDRESS.exec(before)?.[0] ?? '', code: code?.[1]?.trim().toUpperCase() ?? '' };
}
