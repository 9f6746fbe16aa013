// One part of the page, which folds.
import { DownOutlined, RightOutlined } from '@ant-design/icons';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

export function Part({ id, title, open, flip, mark, children }: { id: string; title: string; open: boolean; flip(): void; mark?: ReactNode; children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <section className={open ? 'panel part open' : 'panel part'} id={`part-${id}`} aria-label={title} data-testid={`part-${id}`}>
      <h2>
        <button type="button" className="part-head" onClick={flip} aria-expanded={open} aria-label={open ? t('child.fold', { name: title }) : t('child.unfold', { name: title })}>
          {open ? <DownOutlined aria-hidden /> : <RightOutlined aria-hidden />}<span>{title}</span>{mark}
        </button>
      </h2>
      {open && children}
    </section>
  );
}
