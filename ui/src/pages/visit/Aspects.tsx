// The seven aspects: a row each, one tap or one digit; words are asked for only where something is wrong.
import { useRef } from 'react';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { Findings, Line, OneOf, useAsked, useFindings, useForm, useWriting, Yes } from './form';
import { useValue } from '../../parts/sheet';
import css from './visit.module.css';

/** In the order of the paper form (handbook §3.3). */
export const ASPECTS = ['living', 'guard', 'health', 'study', 'psych', 'safety', 'social'] as const;
const TONE: Record<string, string> = { '1': 'pine', '2': 'blue', '3': 'amber', '4': 'red' };

/** A hazard is never good news; suspected violence and abuse are red, as `domain::visit` has them. */
export const hazardTone = (code: string) => (code === '10' || code === '11' ? 'red' : 'amber');

export function Aspects() {
  const { t } = useTranslation();
  const sheet = useWriting();
  const box = useRef<HTMLDivElement>(null);
  const asked = useAsked('report_needed');
  const rest = () => ASPECTS.forEach((name) => sheet.values[name] === undefined && sheet.put(name, '1'));
  const next = (at: number) => box.current?.querySelectorAll<HTMLElement>('[data-aspect]')[at + 1]?.querySelector<HTMLElement>('[tabindex="0"]')?.focus();
  return (
    <div ref={box} className={css.aspects}>
      <div className="row"><h2 className="grow">{t('visit.aspects')}</h2><Button onClick={rest} data-testid="all-good">{t('visit.rest_good')}</Button></div>
      {ASPECTS.map((name, at) => <Aspect key={name} name={name} next={() => next(at)} />)}
      {asked && <Yes name="report_needed" />}
    </div>
  );
}

function Aspect({ name, next }: { name: string; next(): void }) {
  const sheet = useWriting();
  const { label, table, word } = useForm();
  const found = useFindings(name);
  const value = useValue(sheet, name);
  const options = (table(name)?.entries ?? []).map((entry) => ({ value: entry.code, word: word(entry), tone: TONE[entry.code] }));
  const pick = (code: string) => {
    sheet.put(name, code);
    if (code !== '3' && code !== '4') next();
  };
  const digits = (digit: string) => options.find((option) => option.value === digit)?.value;
  return (
    <div className={css.aspect} data-field={name} data-aspect>
      <div className={css.aspectRow}>
        <span className={css.aspectName}>{label(name).replace(/状况$/, '')}</span>
        <OneOf name={name} label={label(name)} options={options} value={typeof value === 'string' ? value : undefined} pick={pick} digits={digits} />
      </div>
      <Findings of={found} />
      {(value === '3' || value === '4') && <Line name={`${name}_note`} />}
    </div>
  );
}
