// 去补填: from a key that is missing to the place where it is filled in.

/** Brings a field into sight and opens it: 去补填 leads to where it can be filled in, rows by their 添加. */
export function show(key: string) {
  const found = document.querySelector<HTMLElement>(`[data-part]:not(#part-summary) [data-key="${CSS.escape(key)}"]`);
  found?.scrollIntoView({ block: 'center' });
  const add = found?.querySelector<HTMLElement>(`[data-testid="add-${CSS.escape(key)}"]`);
  const open = add ?? found?.querySelector<HTMLElement>('[data-edit]');
  if (open) open.click();
  else (found?.querySelector<HTMLElement>('button') ?? found)?.focus({ preventScroll: true });
}
