// Repeating rows: family members, categories, aid. Each a card; father and mother stand first.
import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { FieldEdit, RowShown, Shown } from '../../api';
import { useCoded, useSaid } from '../../parts/coded';
import { spoken } from '../../text';
import { AddRow } from './AddRow';
import { filled, useFile } from './edit';
import { Field } from './Field';
import { classes } from '../../style/classes';
import css from './child.module.css';

/** GB/T 4761 of father and mother: the two cards the handbook always wants. */
const PARENTS = ['51', '52'];

function inOrder(rows: RowShown[]): RowShown[] {
  const rank = (row: RowShown) => {
    const relation = row.fields.find(({ key }) => key.endsWith('/relation'))?.cell?.value;
    const at = PARENTS.indexOf(String(relation ?? ''));
    return at < 0 ? PARENTS.length : at;
  };
  return rows.map((row, at) => ({ row, at })).sort((a, b) => rank(a.row) - rank(b.row) || a.at - b.at).map(({ row }) => row);
}

/** `alone`: the section is these rows, and bears their name already. */
export function Rows({ shown, alone }: { shown: Shown; alone: boolean }) {
  const { t } = useTranslation();
  const { file, label, findings } = useFile();
  const [adding, setAdding] = useState(false);
  const name = label(shown);
  return (
    <div className={css.rows} data-key={shown.key} data-testid={`field-${shown.key}`} tabIndex={-1}>
      <div className={classes('row', css.rowsHead, alone && css.alone)}>
        {alone ? <span className="grow" /> : <h3 className="grow">{name}</h3>}
        {file.card.may.includes('edit') && !adding && <Button size="small" icon={<PlusOutlined />} onClick={() => setAdding(true)} aria-label={t('child.add_to', { name })} data-testid={`add-${shown.key}`}>{t('child.add')}</Button>}
      </div>
      {findings(shown.key).map((finding) => <div key={finding.text} className={finding.missing || finding.level === 'yellow' ? 'finding yellow' : 'finding red'}>{spoken(finding)}</div>)}
      {adding && <AddRow shown={shown} hide={() => setAdding(false)} />}
      {shown.rows.length === 0 && !adding && <p className="quiet" style={{ margin: 0 }}>{t('child.no_rows')}</p>}
      <div className={css.cards}>{inOrder(shown.rows).map((row) => <Row key={row.row} row={row} code={shown.code} />)}</div>
    </div>
  );
}

/** “父亲 黎辉”, “事实无人抚养儿童”. */
function useNameOf(): (row: RowShown, code: string | null) => string {
  const coded = useCoded();
  const said = useSaid();
  return (row, code) => {
    if (row.name !== null) return coded(code, { code: row.row, name: row.name });
    return row.fields.slice(0, 2).map(said).filter(Boolean).join(' ');
  };
}

/** `code`: the table the rows bear their names from, if they do. */
function Row({ row, code }: { row: RowShown; code: string | null }) {
  const { t } = useTranslation();
  const nameOf = useNameOf();
  const { file, save, findings } = useFile();
  const [all, setAll] = useState(false);
  const title = nameOf(row, code) || '—';
  const worth = (field: Shown) => filled(field) || field.need === 'must' || findings(field.key).length > 0;
  const hidden = row.fields.filter((field) => !worth(field)).length;
  const remove = () => {
    const keys = row.fields.flatMap((field) => [...(field.cell ? [field.key] : []), ...field.members.map(({ key }) => key)]);
    void save(keys.map((key): FieldEdit => ({ clear: { key } })), { name: title, removed: true });
  };
  return (
    <div className={css.card} data-testid={`row-${row.row}`}>
      <div className="row">
        <strong className="grow clip">{title}</strong>
        {file.card.may.includes('edit') && <button type="button" className={css.eye} onClick={remove} aria-label={t('child.remove_row', { name: title })} title={t('child.remove')}><DeleteOutlined /></button>}
      </div>
      <div className={css.fields}>{row.fields.filter((field) => all || worth(field)).map((field) => <Field key={field.key} shown={field} path={title} />)}</div>
      {hidden > 0 && file.card.may.includes('edit') && <button type="button" className={css.more} onClick={() => setAll(!all)} aria-expanded={all}>{all ? t('child.fewer') : t('child.more', { n: hidden })}</button>}
    </div>
  );
}
