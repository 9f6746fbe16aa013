// The day an address asks for: `day=2026-11-24`. Anything may stand in an address; what is no day before today is today.

export function dayAsked(search: Record<string, unknown>, today: string): string {
  const { day } = search;
  const real = typeof day === 'string' && /^\d{4}-\d\d-\d\d$/.test(day) && !Number.isNaN(Date.parse(day));
  return real && day < today ? day : today;
}
