// A page's look must not depend on which page was seen before: every page and part has a stylesheet of its own,
// a CSS module, and only `style/tokens.css` is shared by all.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

const SRC = resolve(__dirname, '../../src');
const SHARED = join(SRC, 'style/tokens.css');
/** Set on the root by `look.tsx`; tones are words that mean something only beside a class of their own. */
const ROOT = ['elder', 'large', 'narrow'];
const TONES = ['red', 'amber', 'pine', 'blue', 'yellow'];

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).map((name) => join(SRC, name));
const sheets = files.filter((file) => file.endsWith('.css'));
const sources = files.filter((file) => /(?<!\.test)\.tsx?$/.test(file));
const name = (file: string) => relative(SRC, file);

/** Selectors of a stylesheet: what stands before braces. */
const selectors = (css: string) => css.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\{[^{}]*\}/g, '{}').replace(/\.\d/g, '');
const classesIn = (text: string) => [...text.matchAll(/\.([A-Za-z_][\w-]*)/g)].map(([, found]) => found ?? '');
/** `#page` too would be made local, and match nothing. */
const own = (file: string) => selectors(readFileSync(file, 'utf8')).replace(/:global\(#[^)]*\)/g, '.page').replace(/:global\([^)]*\)/g, ':shared');
const local = (file: string) => new Set(classesIn(own(file).replace(/:shared|\.page\[/g, '[')));
const shared = new Set([...classesIn(selectors(readFileSync(SHARED, 'utf8'))), ...ROOT, ...TONES]);

/** Every class name given as a string: in `className="…"`, in `className={… '…' …}` and in `classes('…')`. */
function strings(source: string) {
  const whole = [...source.matchAll(/className="([^"]*)"/g)].map(([, found]) => found ?? '');
  const parts = [...source.matchAll(/className=\{((?:[^{}]|\{[^{}]*\})*)\}|classes\(([^)]*)\)/g)]
    .map(([, one, two]) => (one ?? two ?? '').replace(/[!=]==? *'[^']*'/g, ''))
    .flatMap((text) => [...text.matchAll(/'([^']*)'|`([^`]*)`/g)].map(([, one, two]) => (one ?? two ?? '').replace(/\$\{[^}]*\}/g, ' ')));
  return [...whole, ...parts].flatMap((text) => text.split(/\s+/)).filter(Boolean);
}

test('only tokens.css is global, and only main.tsx takes it in', () => {
  expect(sheets.filter((file) => file !== SHARED && !file.endsWith('.module.css')).map(name)).toEqual([]);
  const plain = sources.filter((file) => /import '[^']*\.css'/.test(readFileSync(file, 'utf8')));
  expect(plain.map(name)).toEqual(['main.tsx']);
});

test('what a module says of all pages stands below a class of its own', () => {
  const bare = sheets.filter((file) => file !== SHARED).flatMap((file) =>
    [...own(file).matchAll(/([^{}]+)\{/g)]
      .flatMap(([, found]) => (found ?? '').split(/,(?![^(]*\))/))
      .map((selector) => selector.trim())
      .filter((selector) => !selector.startsWith('@') && classesIn(selector).length === 0)
      .map((selector) => `${name(file)}: ${selector}`));
  expect(bare).toEqual([]);
});

test('no module names an id of its own: it would match nothing', () => {
  const lost = sheets.filter((file) => file.endsWith('.module.css') && /#[a-z]/i.test(own(file)));
  expect(lost.map(name)).toEqual([]);
});

test('a page takes its looks from its own folder or from a part, never from another page', () => {
  const lent = sources.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/from '([^']*\.module\.css)'/g)]
      .map(([, from]) => resolve(dirname(file), from ?? ''))
      .filter((sheet) => !existsSync(sheet) || (dirname(sheet) !== dirname(file) && !name(sheet).startsWith('parts/')))
      .map((sheet) => `${name(file)} takes ${name(sheet)}`));
  expect(lent).toEqual([]);
});

test('every class a screen names is defined where it is looked for, and every class defined is named', () => {
  const named = new Map(sheets.map((sheet) => [sheet, new Set<string>()]));
  const missing: string[] = [];
  for (const file of sources) {
    const [source, body] = [readFileSync(file, 'utf8'), readFileSync(file, 'utf8').replace(/^import .*$/gm, '')];
    for (const found of strings(body)) {
      if (!shared.has(found)) missing.push(`${name(file)}: ${found} is not in tokens.css`);
    }
    for (const [, called, from] of source.matchAll(/import (\w+) from '([^']*\.module\.css)'/g)) {
      const sheet = resolve(dirname(file), from ?? '');
      const uses = [...body.matchAll(new RegExp(`\\b${called}\\.([A-Za-z]\\w*)\\b|\\b${called}\\[`, 'g'))];
      for (const [, used] of uses) {
        if (used === undefined) for (const any of local(sheet)) named.get(sheet)?.add(any);
        else if (local(sheet).has(used)) named.get(sheet)?.add(used);
        else missing.push(`${name(file)}: ${used} is not in ${name(sheet)}`);
      }
    }
  }
  expect(missing).toEqual([]);
  const idle = sheets.filter((sheet) => sheet !== SHARED).flatMap((sheet) => [...local(sheet)].filter((one) => !named.get(sheet)?.has(one)).map((one) => `${name(sheet)}: ${one}`));
  expect(idle).toEqual([]);
});
