// The fields of one section: what stands, what must be filled; the rest on demand.
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Section, Shown } from '../../api';
import { filled, useFile } from './edit';
import { Field } from './Field';
import { Rows } from './Rows';

export function Group({ section }: { section: Section }) {
  const { t } = useTranslation();
  const { file, findings } = useFile();
  const [all, setAll] = useState(false);
  // the photo has its own place, and a reference is written by the form it points to
  const known = section.fields.filter((field) => !(['files', 'ref'].includes(field.kind) && !filled(field)) && !(field.computed && !filled(field)));
  const worth = (field: Shown) => field.kind === 'rows' || filled(field) || field.need === 'must' || findings(field.key).length > 0;
  const hidden = known.filter((field) => !worth(field) && !field.computed).length;
  const shown = known.filter((field) => all || worth(field));
  return (
    <>
      <div className="fields">{shown.filter(({ kind }) => kind !== 'rows').map((field) => <Field key={field.key} shown={field} />)}</div>
      {hidden > 0 && file.may_edit && (
        <button type="button" className="more" onClick={() => setAll(!all)} aria-expanded={all} data-testid={`more-${section.group}`}>{all ? t('child.fewer') : t('child.more', { n: hidden })}</button>
      )}
      {shown.filter(({ kind }) => kind === 'rows').map((field) => <Rows key={field.key} shown={field} alone={shown.length === 1} />)}
    </>
  );
}
