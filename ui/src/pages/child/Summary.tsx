// What one wants to know before knocking: where, with whom, how to call, what to look at.
import { useTranslation } from 'react-i18next';
import type { ChildFile, RowShown, Shown } from '../../api';
import { useSaid } from '../../parts/coded';
import { filled, useFile } from './edit';
import { Field } from './Field';
import css from './child.module.css';

const KEYS = ['live_addr', 'phone_child', 'school_name', 'grade_class', 'guard_type', 'health'];

const column = (row: RowShown, name: string) => row.fields.find(({ key }) => key.endsWith(`/${name}`));

/** Who looks after the child: the guardians, or all family where none is named. */
function carers(file: ChildFile): RowShown[] {
  const family = file.sections.flatMap(({ fields }) => fields).find(({ key }) => key === 'family')?.rows ?? [];
  const guardians = family.filter((row) => column(row, 'is_guardian')?.cell?.value === true);
  return (guardians.length > 0 ? guardians : family).slice(0, 3);
}

/** Read-only: the same field is written in its section. */
export function Summary() {
  const { t } = useTranslation();
  const { file } = useFile();
  const said = useSaid();
  const fields = file.sections.flatMap((section) => section.fields);
  const shown = KEYS.map((key) => fields.find((field) => field.key === key)).filter((field): field is Shown => field !== undefined && filled(field));
  return (
    <div className={css.fields}>
      {carers(file).map((row) => {
        const tel = column(row, 'tel');
        const [relation, name] = ['relation', 'name'].map((key) => column(row, key)).map((field) => (field ? said(field) : ''));
        return (
          <div key={row.row}>
            {tel && filled(tel) ? <Field still shown={tel} path={[relation, name].filter(Boolean).join(' ')} lead={{ label: relation || t('child.carer'), text: name ?? '' }} /> : (
              <div className={css.field}>
                <div className={css.fieldLabel}>{relation || t('child.carer')}</div>
                <div className={css.fieldValue}><span className={css.val}><span className={name ? css.text : css.nothing}>{name || t('child.empty')}</span></span></div>
              </div>
            )}
          </div>
        );
      })}
      {shown.map((field) => <Field key={field.key} still shown={field} />)}
      {file.card.unmet >= 2 && <div className="finding yellow">{t('child.not_met', { n: file.card.unmet })}</div>}
    </div>
  );
}
