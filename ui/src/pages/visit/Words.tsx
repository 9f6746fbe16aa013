// What was seen and heard, apart from what the child said; phrases go in at the caret.
import { App, Button } from 'antd';
import { useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call, touched, useAnswer } from '../../api';
import { tell } from '../../parts/fault';
import { onEnter } from '../../parts/keys';
import { ownFields } from '../../parts/own';
import { Sheet } from '../../parts/sheet';
import { classes } from '../../style/classes';
import { Labelled, useForm, useText, useWriting } from './form';
import { announce } from '../../parts/announce';
import css from './visit.module.css';

const PHRASES_MAX = 30;
const PHRASE_CHARS_MAX = 200;

export function Words() {
  const { t } = useTranslation();
  const sheet = useWriting();
  const { field } = useForm();
  const { typed, type } = useText(sheet, 'note');
  const box = useRef<HTMLTextAreaElement>(null);
  const put = (text: string) => {
    type(text);
    sheet.put('note', text);
  };
  const insert = (phrase: string) => {
    const area = box.current;
    const at = area?.selectionStart ?? typed.length;
    put(typed.slice(0, at) + phrase + typed.slice(area?.selectionEnd ?? at));
    requestAnimationFrame(() => {
      area?.focus();
      area?.setSelectionRange(at + phrase.length, at + phrase.length);
    });
  };
  return (
    <>
      <Labelled name="note" as="label" hint={t('visit.note_hint')}>
        <textarea ref={box} className={css.line} rows={6} value={typed} maxLength={field('note')?.max || 2000} onChange={(event) => put(event.target.value)} onBlur={() => void sheet.flush()} data-testid="field-note" />
      </Labelled>
      <Phrases insert={insert} own={() => ({ marked: chosen(box.current), first: firstWords(typed) })} />
      {sheet.child === '' && sheet.standing.children.length > 1 ? <p className="quiet">{t('visit.child_words_each')}</p> : <ChildWords />}
    </>
  );
}

/** What is marked in the text. */
function chosen(area: HTMLTextAreaElement | null): string {
  return area ? area.value.slice(area.selectionStart, area.selectionEnd).trim() : '';
}

/** Longest phrase that is proposed, in characters: a sentence, never a child's whole note. */
const PROPOSED_MAX = 40;

/** The first sentence of a note, shortened. */
export function firstWords(text: string): string {
  return (/^[^。！？!?；;\n]*[。！？!?]?/.exec(text.trim())?.[0] ?? '').slice(0, PROPOSED_MAX);
}

function Phrases({ insert, own }: { insert(phrase: string): void; own(): { marked: string; first: string } }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const phrases = useAnswer('visit.phrases', {});
  const mine = phrases.data?.own ?? [];
  async function keep(next: string[], said: string) {
    try {
      await call('settings.set', { key: 'phrases', value: next.slice(-PHRASES_MAX) });
      touched(['settings']);
      void announce(message).success(said, 3);
    } catch (thrown) {
      tell(message, thrown);
    }
  }
  // what nobody marked is shown first, to be shortened or left
  const [proposed, propose] = useState<string | null>(null);
  const add = (text: string) => {
    propose(null);
    if (text !== '' && !mine.includes(text)) void keep([...mine, text], t('visit.phrase_kept'));
  };
  const ask = () => {
    const { marked, first } = own();
    if (marked !== '') add(marked.slice(0, PHRASE_CHARS_MAX));
    else if (first === '') void announce(message).info(t('visit.phrase_empty'), 4);
    else propose(first);
  };
  return (
    <div className={css.phrases} role="group" aria-label={t('visit.phrases')}>
      {mine.map((phrase) => (
        <span key={phrase} className={css.phraseOwn}>
          <button type="button" className={css.phrase} onClick={() => insert(phrase)}>{phrase}</button>
          <button type="button" className={css.off} aria-label={t('visit.phrase_drop')} onClick={() => void keep(mine.filter((other) => other !== phrase), t('visit.phrase_gone'))}>×</button>
        </span>
      ))}
      {(phrases.data?.usual ?? []).map((phrase) => <button key={phrase} type="button" className={css.phrase} onClick={() => insert(phrase)}>{phrase}</button>)}
      {proposed === null && <Button type="text" size="small" onClick={ask} data-testid="phrase-keep">{t('visit.phrase_keep')}</Button>}
      {proposed !== null && (
        <span className="row grow" role="group" aria-label={t('visit.phrase_check')}>
          <input autoFocus className={classes('grow', css.line)} value={proposed} maxLength={PHRASE_CHARS_MAX} aria-label={t('visit.phrase_check')} onChange={(event) => propose(event.target.value)} onKeyDown={onEnter(() => add(proposed.trim()))} data-testid="phrase-proposed" />
          <Button size="small" type="primary" onClick={() => add(proposed.trim())} data-testid="phrase-ok">{t('visit.phrase_ok')}</Button>
          <Button size="small" type="text" onClick={() => propose(null)}>{t('words.cancel')}</Button>
        </span>
      )}
    </div>
  );
}

function ChildWords() {
  const { t } = useTranslation();
  const writing = useWriting();
  const { field } = useForm();
  // under its own key from the first letter on: another child may come to stand first
  const [child = ''] = writing.standing.children;
  const sheet = useMemo(() => (writing instanceof Sheet ? ownFields(writing, child) : writing), [writing, child]);
  const { typed, type } = useText(sheet, 'child_words');
  return (
    <Labelled name="child_words" as="label" hint={t('visit.child_words_hint')}>
      <textarea className={css.line} rows={2} value={typed} maxLength={field('child_words')?.max || 500} placeholder="“……”" onChange={(event) => { type(event.target.value); sheet.put('child_words', event.target.value); }} onBlur={() => void sheet.flush()} data-testid="field-child_words" />
    </Labelled>
  );
}
