// Filters as chips that are in or out, and the order of the list.
import { Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { useAnswer, type DueFilter, type Sort } from '../../api';
import { useLook } from '../../look';
import { useForms } from '../../parts/forms';
import { titled } from '../../text';
import { NOBODY, toggled, type Wanted } from './filter';
import css from './children.module.css';

type Props = { wanted: Wanted; want(change: Partial<Wanted>): void };

export function Chip({ on, flip, children, testid }: { on: boolean; flip(): void; children: React.ReactNode; testid?: string }) {
  return <button type="button" className={css.chip} aria-pressed={on} onClick={flip} data-testid={testid}>{children}</button>;
}

export function Order({ wanted, want }: Props) {
  const { t } = useTranslation();
  const sorts: [Sort, string][] = [['due', t('children.sort_due')], ['name', t('children.sort_name')], ['risk', t('children.sort_risk')], ['visit', t('children.sort_visit')]];
  return (
    <span className="row">
      <span className="quiet">{t('children.sort')}</span>
      <Select value={wanted.sort ?? 'due'} onChange={(sort: Sort) => want({ sort })} options={sorts.map(([value, label]) => ({ value, label }))} popupMatchSelectWidth={false} aria-label={t('children.sort')} data-testid="sort" />
    </span>
  );
}

export function Filters({ wanted, want }: Props) {
  const { t } = useTranslation();
  const { look } = useLook();
  const forms = useForms();
  const all = useAnswer('children.list', {});
  const entries = (id: string) => forms?.codes.find((table) => table.id === id)?.entries.map((entry) => ({ value: entry.code, label: look.language === 'zh' ? entry.name : entry.en })) ?? [];
  const areas = [...new Map(all.data?.cards.flatMap(({ area }) => (area ? [[area.code, area.name] as const] : [])) ?? [])];
  const posts = [...new Map(all.data?.cards.flatMap((card) => card.posts.map(({ post, person }) => [post, person] as const)) ?? [])];
  const present = new Set(all.data?.cards.flatMap(({ categories }) => categories.map(({ code }) => code)) ?? []);
  const due: [DueFilter, string][] = [['overdue', t('children.overdue')], ['today', t('children.today')], ['coming', t('children.coming')]];
  return (
    <div className={css.chips}>
      {due.map(([code, word]) => <Chip key={code} testid={`due-${code}`} on={wanted.due?.includes(code) ?? false} flip={() => want({ due: toggled(wanted.due, code) })}>{word}</Chip>)}
      <span className={css.rule} aria-hidden />
      {entries('RISK').map(({ value, label }) => (
        <Chip key={value} testid={`risk-${value}`} on={wanted.risk?.includes(value) ?? false} flip={() => want({ risk: toggled(wanted.risk, value) })}>{titled(t('parts.risk', { name: label }))}</Chip>
      ))}
      <span className={css.rule} aria-hidden />
      {wanted.due_on && <Chip testid="due-on" on flip={() => want({ due_on: undefined })}>{t('children.due_on', { day: wanted.due_on })}</Chip>}
      <Chip testid="only-unvisited" on={wanted.unvisited ?? false} flip={() => want({ unvisited: wanted.unvisited ? undefined : true })}>{t('children.unvisited')}</Chip>
      <Chip testid="only-unassessed" on={wanted.unassessed ?? false} flip={() => want({ unassessed: wanted.unassessed ? undefined : true })}>{t('children.unassessed')}</Chip>
      <Chip testid="only-closed" on={wanted.closed ?? false} flip={() => want({ closed: wanted.closed ? undefined : true })}>{t('children.closed')}</Chip>
      <Chip testid="only-differs" on={wanted.differs ?? false} flip={() => want({ differs: wanted.differs ? undefined : true })}>{t('children.differs')}</Chip>
      <Chip testid="only-missing" on={wanted.missing ?? false} flip={() => want({ missing: wanted.missing ? undefined : true })}>{t('children.missing')}</Chip>
      <Select
        mode="multiple" size="small" placeholder={t('children.category')} aria-label={t('children.category')} value={wanted.categories ?? []} onChange={(categories: string[]) => want({ categories })}
        options={entries('child_category').filter(({ value }) => present.has(value) || wanted.categories?.includes(value))} maxTagCount={1} popupMatchSelectWidth={false} showSearch={false} style={{ minWidth: '7.2em' }} data-testid="filter-category"
      />
      {(areas.length > 1 || wanted.area) && (
        <Select
          size="small" allowClear placeholder={t('children.area')} aria-label={t('children.area')} value={wanted.area ?? null} onChange={(area: string | null) => want({ area: area ?? undefined })}
          options={areas.map(([value, label]) => ({ value, label }))} popupMatchSelectWidth={false} style={{ minWidth: '6em' }} data-testid="filter-area"
        />
      )}
      {(posts.length > 1 || wanted.post) && (
        <Select
          size="small" allowClear placeholder={t('children.director')} aria-label={t('children.director')} value={wanted.post ?? null} onChange={(post: string | null) => want({ post: post ?? undefined })}
          options={[...posts.map(([value, label]) => ({ value, label })), { value: NOBODY, label: t('children.unassigned') }]} popupMatchSelectWidth={false} style={{ minWidth: '6em' }} data-testid="filter-post"
        />
      )}
    </div>
  );
}
