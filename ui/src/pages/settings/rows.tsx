// A panel of settings, and one setting: what it is, what it is for, how to change it.
import { useId, type ReactNode } from 'react';

export function Panel({ title, children, testid }: { title: string; children: ReactNode; testid: string }) {
  const id = useId();
  return (
    <section className="panel settings-panel" aria-labelledby={id} data-testid={testid}>
      <h2 id={id}>{title}</h2>
      {children}
    </section>
  );
}

export function Setting({ name, hint, children }: { name: string; hint?: ReactNode; children?: ReactNode }) {
  return (
    <div className="setting">
      <div className="setting-name">
        <div>{name}</div>
        {hint && <div className="quiet setting-hint">{hint}</div>}
      </div>
      {children && <div className="setting-control">{children}</div>}
    </div>
  );
}
