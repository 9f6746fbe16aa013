// A new row: what it cannot be without. The rest is written on its card.
import { Button, Input, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Field, FieldEdit, Finding, Shown } from '../../api';
import { useLook } from '../../look';
import { onEnter } from '../../parts/keys';
import { refusals, useFile } from './edit';
import { asValue } from './typed';
import { classes } from '../../style/classes';
import css from './child.module.css';

export function AddRow({ shown, hide }: { shown: Shown; hide(): void }) {
  const { t } = useTranslation();
  const { look } = useLook();
  const { forms, label, save, table } = useFile();
  const [typed, setTyped] = useState<Record<string, string>>({});
  const [code, setCode] = useState<string>();
  // once part of it was written the row has its name, and the rest goes to the same one
  const [row, setRow] = useState<string>();
  const [red, setRed] = useState<Finding[]>([]);
  const columns = forms?.forms.find(({ id }) => id === shown.form)?.fields.find(({ key }) => key === shown.key)?.columns ?? [];
  const first = shown.code ? columns.find(({ kind }) => kind === 'day') : undefined;
  const asked = columns.filter((column) => column.need === 'must' || column === first);
  const entries = (id: string | null) => (table(id)?.entries ?? []).map((entry) => ({ value: entry.code, label: look.language === 'zh' ? entry.name : entry.en }));
  const free = entries(shown.code).filter(({ value }) => !shown.rows.some((known) => known.row === value));
  const name = shown.code ? (free.find(({ value }) => value === code)?.label ?? label(shown)) : label(shown);
  const id = row ?? (shown.code ? code : '+1');
  const ready = id !== undefined && asked.every((column) => column.need !== 'must' || typed[column.key]?.trim());
  async function add() {
    if (!ready) return;
    const edits = asked.flatMap((column): FieldEdit[] => {
      const value = asValue(column.kind, typed[column.key] ?? '');
      return value === undefined ? [] : [{ set: { key: `${shown.key}/${id}/${column.key}`, value } }];
    });
    const said = await save(edits, { name });
    if (!said) return;
    const wrong = refusals(said);
    setRed(wrong);
    setRow(said.saved.length > 0 ? (said.rows['+1'] ?? id) : undefined);
    if (wrong.length === 0) hide();
  }
  const input = (column: Field) => {
    const set = (text: string) => setTyped({ ...typed, [column.key]: text });
    return column.kind === 'code'
      ? <Select showSearch={{ optionFilterProp: 'label' }} options={entries(column.code)} value={typed[column.key] ?? null} onChange={set} aria-label={label(column)} popupMatchSelectWidth={false} style={{ width: '100%' }} />
      : <Input value={typed[column.key] ?? ''} onChange={(event) => set(event.target.value)} onKeyDown={onEnter(() => void add())} placeholder={column.kind === 'day' ? t('child.day_hint') : undefined} aria-label={label(column)} />;
  };
  return (
    <div className={classes(css.card, css.adding)} data-testid={`adding-${shown.key}`} onKeyDown={(event) => event.key === 'Escape' && hide()}>
      <div className={css.fields}>
        {shown.code && (
          <div><div className={css.fieldLabel}>{label(shown)}</div>
            <Select autoFocus defaultOpen showSearch={{ optionFilterProp: 'label' }} options={free} value={code ?? null} onChange={setCode} disabled={row !== undefined} aria-label={label(shown)} popupMatchSelectWidth={false} style={{ width: '100%' }} />
          </div>
        )}
        {asked.map((column) => (
          <div key={column.key}>
            <div className={css.fieldLabel}>{label(column)}</div>{input(column)}
            {red.filter(({ key }) => key.endsWith(`/${column.key}`)).map(({ text }) => <div key={text} className="finding red" role="alert">{text}</div>)}
          </div>
        ))}
      </div>
      <div className="row">
        <Button type="primary" disabled={!ready} onClick={() => void add()} data-testid="add-row">{t('child.add')}</Button>
        <Button type="text" onClick={hide}>{t('words.cancel')}</Button>
      </div>
    </div>
  );
}
