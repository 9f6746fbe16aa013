// A panel of settings, and one setting: what it is, what it is for, how to change it.
import { useId, type ReactNode } from 'react';
import { classes } from '../../style/classes';
import css from './settings.module.css';

export function Panel({ title, children, testid }: { title: string; children: ReactNode; testid: string }) {
  const id = useId();
  return (
    <section className={classes('panel', css.settingsPanel)} aria-labelledby={id} data-testid={testid}>
      <h2 id={id}>{title}</h2>
      {children}
    </section>
  );
}

export function Setting({ name, hint, children }: { name: string; hint?: ReactNode; children?: ReactNode }) {
  return (
    <div className={css.setting}>
      <div className={css.settingName}>
        <div>{name}</div>
        {hint && <div className={classes('quiet', css.settingHint)}>{hint}</div>}
      </div>
      {children && <div>{children}</div>}
    </div>
  );
}
