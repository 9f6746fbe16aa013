// One part of the page, which folds.
import { DownOutlined, RightOutlined } from '@ant-design/icons';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { classes } from '../../style/classes';
import css from './child.module.css';

export function Part({ id, title, open, flip, mark, children }: { id: string; title: string; open: boolean; flip(): void; mark?: ReactNode; children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <section className={classes('panel', css.part, open && css.open)} id={`part-${id}`} data-part aria-label={title} data-testid={`part-${id}`}>
      <h2>
        <button type="button" className={css.partHead} onClick={flip} aria-expanded={open} aria-label={open ? t('child.fold', { name: title }) : t('child.unfold', { name: title })}>
          {open ? <DownOutlined aria-hidden /> : <RightOutlined aria-hidden />}<span>{title}</span>{mark}
        </button>
      </h2>
      {open && children}
    </section>
  );
}
