// Days as people say them.

/** `10-15` of this year, `2025-10-15` of another. */
export function dayWords(day: string, now = new Date().getFullYear()): string {
  return day.startsWith(`${now}-`) ? day.slice(5, 10) : day.slice(0, 10);
}

/** `11月24日 星期二` */
export function dateWords(at: number, language: 'zh' | 'en'): string {
  const words = new Intl.DateTimeFormat(language === 'zh' ? 'zh-CN' : 'en-GB', { timeZone: 'Asia/Shanghai', month: 'long', day: 'numeric', weekday: 'long' });
  return words.format(at).replace(/日(?=星期)/, '日 ');
}
