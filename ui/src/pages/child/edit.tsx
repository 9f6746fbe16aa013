// Writing into the file that is open: one edit at a time, each answered by the disk, each with its undo.
import { App, Button } from 'antd';
import { createContext, useContext, useMemo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { call, queries, type Answer, type ChildFile, type Edited, type FieldEdit, type Finding, type Forms, type RecordId, type Shown, type Table, type Value } from '../../api';
import { useLook } from '../../look';
import { tell } from '../../parts/fault';
import { afresh, announce } from '../../parts/announce';
import { savedNow } from '../../parts/saved';
import { spoken } from '../../text';

type Saved = Edited | undefined;

export type File = {
  file: ChildFile;
  forms: Forms | undefined;
  /** ISO day of the core's clock. */
  today: string;
  label(of: { title: string; en: string }): string;
  table(id: string | null): Table | undefined;
  findings(key: string): Finding[];
  /** Writes; `undefined` when it could not be (said in a message). `quietly` shows no toast. */
  save(edits: FieldEdit[], told: { name: string; quietly?: boolean; removed?: boolean; instead?: FieldEdit[] | undefined }): Promise<Saved>;
  /** Says that a field was saved, with the undo beside it. */
  tell(name: string, key: string, instead: FieldEdit[]): void;
  choose(record: RecordId, shown: { key: string; title: string; en: string }, value: Value): Promise<Saved>;
  undo(record: RecordId, change: string, name: string): Promise<void>;
};

const Context = createContext<File | null>(null);

export function useFile(): File {
  const file = useContext(Context);
  if (!file) throw new Error('outside of a file');
  return file;
}

/** Asks for the file again and waits for it, so that nothing old flashes after a save. */
const again = (child: string) => queries.invalidateQueries({ queryKey: ['child.open', { child }] });

export function FileProvider({ file, forms, today, children }: { file: ChildFile; forms: Forms | undefined; today: string; children: ReactNode }) {
  const { t } = useTranslation();
  const { look } = useLook();
  const { message } = App.useApp();
  const child = file.card.child;
  const held = useMemo<File>(() => {
    const label: File['label'] = (of) => (look.language === 'zh' ? of.title : of.en) || of.title;
    const failed = (thrown: unknown) => tell(message, thrown);
    async function undo(record: RecordId, change: string, name: string) {
      try {
        const { saved, findings } = await call('child.undo', { record, change });
        if (findings[0]) return void message.warning(spoken(findings[0]), 6);
        if (saved.length === 0) return void announce(message).info(t('child.not_undone'), 5);
        savedNow();
        await again(child);
        void announce(message).success(t('child.undone', { name }), 3);
      } catch (thrown) {
        failed(thrown);
      }
    }
    /** Takes back what was just written under a key: by the history, or where several saves made it up, by what stood before. */
    async function undoLast(keys: string[], name: string, instead: FieldEdit[] | undefined) {
      message.destroy('saved');
      if (instead) return void (await save(instead, { name, quietly: true }));
      try {
        const lines = await call('child.history', { child });
        const line = lines.find((one) => one.who.own && keys.includes(one.key));
        if (line) await undo(line.record, line.change, name);
      } catch (thrown) {
        failed(thrown);
      }
    }
    const toast = (words: string, keys: string[], name: string, instead?: FieldEdit[]) =>
      void message.open({
        key: 'saved', type: 'success', duration: afresh(12),
        content: <span>{words} <Button size="small" type="link" onClick={() => void undoLast(keys, name, instead)} data-testid="undo">{t('words.undo')}</Button></span>,
      });
    const save: File['save'] = async (edits, { name, quietly, removed, instead }) => {
      try {
        const said = await call('child.edit', { child, edits });
        if (said.saved.length > 0) {
          savedNow();
          await again(child);
          if (!quietly) toast(removed ? t('child.removed', { name }) : t('child.saved', { name }), said.saved, name, instead);
        }
        return said;
      } catch (thrown) {
        failed(thrown);
        return undefined;
      }
    };
    const choose: File['choose'] = async (record, shown, value) => {
      try {
        const said: Answer<'child.choose'> = await call('child.choose', { record, key: shown.key, value });
        if (said.saved.length > 0) {
          savedNow();
          await again(child);
          toast(t('child.chosen', { name: label(shown) }), said.saved, label(shown));
        }
        return said;
      } catch (thrown) {
        failed(thrown);
        return undefined;
      }
    };
    return {
      file, forms, today, label, save, choose, undo,
      tell: (name, key, instead) => toast(t('child.saved', { name }), [key], name, instead),
      table: (id) => forms?.codes.find((table) => table.id === id),
      findings: (key) => file.findings.filter((finding) => finding.key === key),
    };
  }, [file, forms, today, child, look.language, message, t]);
  return <Context.Provider value={held}>{children}</Context.Provider>;
}

/** What stands in the way of the keys that were not written: all that is red there, also what is only not whole yet, as a day without its day. */
export const refusals = ({ saved, findings }: Edited): Finding[] => findings.filter(({ level, key }) => level === 'red' && !saved.includes(key));

/** Whether something stands in a field. */
export const filled = (shown: Shown) => shown.cell !== null && shown.cell.text !== '' ? true : shown.members.length > 0 || shown.rows.length > 0;
