// Every sentence on screen. zh-CN is the first language; `en` is complete for contributors (tests/unit/text.test.ts).
import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';

const zh = import.meta.glob<Record<string, unknown>>('./zh/*.ts', { eager: true, import: 'default' });
const en = import.meta.glob<Record<string, unknown>>('./en/*.ts', { eager: true, import: 'default' });

/** `./zh/today.ts` → `{ today: … }`: one file a screen, one namespace of keys. */
function gathered(files: Record<string, Record<string, unknown>>) {
  return Object.fromEntries(Object.entries(files).map(([path, texts]) => [path.replace(/^.*\/|\.ts$/g, ''), texts]));
}

export const texts = { zh: gathered(zh), en: gathered(en) };

void i18next.use(initReactI18next).init({
  lng: 'zh',
  fallbackLng: 'zh',
  resources: { zh: { translation: texts.zh }, en: { translation: texts.en } },
  interpolation: { escapeValue: false },
  returnNull: false,
});

export const i18n = i18next;

/** What the core says stands in both languages; this is the one of the screen. Chinese, where a district gave no English. */
export const spoken = ({ text, en }: { text: string; en: string }): string => (i18next.language === 'en' && en) || text;

/** How a field is to be filled in. */
export const helped = ({ help, help_en: en }: { help: string; help_en: string }): string => spoken({ text: help, en });

const english = () => i18next.language === 'en';

/** “甲、乙、丙”, “one, two, three”. */
export const listed = (all: string[]): string => all.join(english() ? ', ' : '、');

/** How many more stand behind a button. */
export const counted = (word: string, n: number): string => (english() ? `${word} (${n})` : `${word}（${n}）`);

/** As it stands on a button: an English word of a table begins with a capital letter there. */
export const titled = (word: string): string => (english() ? word.charAt(0).toUpperCase() + word.slice(1) : word);

/** “展开：家庭成员”: what is done, and to what. */
export const about = (what: string, name: string): string => `${what}${english() ? ': ' : '：'}${name}`;
