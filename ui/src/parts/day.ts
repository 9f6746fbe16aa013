// Dates as hands type them: 0506, 20240506, 2024.5.6, 2024年5月6日. What is none stays as it is: Rust says what is wrong.

const two = (text: string | undefined) => (text ?? '').padStart(2, '0');

/** The ISO day meant, or the text itself. Without a year it is the nearest such day to `today` (ISO) that is not `ahead` of it. */
export function asDay(typed: string, today: string, ahead = false): string {
  const text = typed.trim().replace(/[０-９]/g, (digit) => String.fromCharCode(digit.charCodeAt(0) - 0xfee0));
  const whole = /^(\d{4})(\d{2})(\d{2})$/.exec(text) ?? /^(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*日?$/.exec(text);
  if (whole) return `${whole[1] ?? ''}-${two(whole[2])}-${two(whole[3])}`;
  const month = /^(\d{4})\s*[-./年]\s*(\d{1,2})\s*月?$/.exec(text);
  if (month) return `${month[1] ?? ''}-${two(month[2])}`;
  const short = /^(\d{2})(\d{2})$/.exec(text) ?? /^(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*日?$/.exec(text);
  // 1999 alone is a year, 0506 is the sixth of May
  if (!short || Number(short[1]) > 12) return text;
  const year = Number(today.slice(0, 4));
  const rest = `-${two(short[1])}-${two(short[2])}`;
  if (ahead) return `${year}${rest}` < today ? `${year + 1}${rest}` : `${year}${rest}`;
  return `${year}${rest}` > today ? `${year - 1}${rest}` : `${year}${rest}`;
}
