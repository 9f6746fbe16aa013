// Times as people read them; China's zone whatever the computer says.
const ZONE = 'Asia/Shanghai';
const day = new Intl.DateTimeFormat('sv-SE', { timeZone: ZONE, year: 'numeric', month: '2-digit', day: '2-digit' });
const time = new Intl.DateTimeFormat('sv-SE', { timeZone: ZONE, hour: '2-digit', minute: '2-digit' });

/** `2026-11-24` of a moment in milliseconds. */
export const dayOf = (at: number) => day.format(at);

/** The day so many days after another (ISO). */
export const dayAfter = (day: string, days: number) => dayOf(Date.parse(`${day}T12:00:00+08:00`) + days * 86_400_000);

/** `17:32` today, `11-22 17:32` before. */
export function clock(at: number, now = Date.now()): string {
  const on = dayOf(at);
  return on === dayOf(now) ? time.format(at) : `${on.slice(5)} ${time.format(at)}`;
}

/** Whether a text is a day as the core writes it, not as people do: addresses of pages are asked. */
export const isDay = (text: string) => /^\d{4}-\d\d-\d\d$/.test(text);
