// The fields of one section: what stands, what must be filled; the rest on demand.
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Section, Shown } from '../../api';
import { Photos } from '../../parts/photos/Photos';
import { helped } from '../../text';
import { filled, useFile } from './edit';
import { Field } from './Field';
import { Rows } from './Rows';
import { classes } from '../../style/classes';
import css from './child.module.css';

export function Group({ section }: { section: Section }) {
  const { t } = useTranslation();
  const { file, findings } = useFile();
  const [all, setAll] = useState(false);
  // photographs need a record to belong to, and a reference is written by the form it points to
  const known = section.fields.filter((field) => !(field.kind === 'ref' && !filled(field)) && !(field.kind === 'files' && field.record === null) && !(field.computed && !filled(field)));
  const worth = (field: Shown) => field.kind === 'rows' || field.kind === 'files' || filled(field) || field.need === 'must' || findings(field.key).length > 0;
  const hidden = known.filter((field) => !worth(field) && !field.computed).length;
  const shown = known.filter((field) => all || worth(field));
  return (
    <>
      <div className={css.fields}>{shown.filter(({ kind }) => kind !== 'rows' && kind !== 'files').map((field) => <Field key={field.key} shown={field} />)}</div>
      {shown.map((field) => field.kind === 'files' && field.record !== null && <Pictures key={field.key} shown={field} about={field.record} />)}
      {hidden > 0 && file.card.may.includes('edit') && (
        <button type="button" className={css.more} onClick={() => setAll(!all)} aria-expanded={all} data-testid={`more-${section.group}`}>{all ? t('child.fewer') : t('child.more', { n: hidden })}</button>
      )}
      {shown.filter(({ kind }) => kind === 'rows').map((field) => <Rows key={field.key} shown={field} alone={shown.length === 1} />)}
    </>
  );
}

/** A photograph belongs to the child's file at once. */
function Pictures({ shown, about }: { shown: Shown; about: string }) {
  const { t } = useTranslation();
  const { file, label } = useFile();
  const child = file.card.child;
  const place = useMemo(() => ({ child, about }), [child, about]);
  return <div className={classes(css.field, css.wide)} data-key={shown.key}><Photos place={place} field={shown.key} label={label(shown)} hint={[helped(shown), file.card.may.includes('edit') && t('photos.lasting')].filter(Boolean).join(' · ')} may={file.card.may.includes('edit')} /></div>;
}
