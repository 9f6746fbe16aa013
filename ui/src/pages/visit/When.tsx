// For whom, when, how, and who was met.
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAnswer, type Card } from '../../api';
import { TABLES, useCoded } from '../../parts/coded';
import { asDay } from '../../parts/day';
import { RiskTag } from '../../parts/tags';
import { dayOf } from '../../parts/time';
import { listed } from '../../text';
import { Code, Findings, Line, useAsked, useFindings, useForm, useNow, useWriting, Yes } from './form';
import { useStands, useValue } from '../../parts/sheet';
import { classes } from '../../style/classes';
import part from '../../parts/choice.module.css';
import css from './visit.module.css';

export function Whom() {
  const { t } = useTranslation();
  const sheet = useWriting();
  const children = useStands(sheet, ({ children }) => children);
  const [first] = children;
  const all = useAnswer('children.list', {});
  const drafts = useAnswer('draft.list', {}, all.error !== null);
  const siblings = useAnswer('children.household', { child: first ?? '' }, first !== undefined);
  const along = (all.data?.cards ?? []).filter(({ child }) => children.includes(child));
  const others = (siblings.data ?? []).filter(({ child }) => !children.includes(child));
  return (
    <div className={css.whom}>
      {all.error && <strong>{listed(drafts.data?.find(({ draft }) => draft === sheet.draft)?.names ?? []) || t('visit.nameless')}</strong>}
      {!all.error && along.map((card) => <Person key={card.child} card={card} off={children.length > 1 ? () => sheet.withChild(card.child, false) : undefined} />)}
      {others.length > 0 && <span className="quiet">{t('visit.household')}</span>}
      {others.map(({ child, name }) => (
        <button key={child} type="button" className={part.choice} aria-pressed={false} onClick={() => sheet.withChild(child, true)} data-testid={`along-${child}`}>＋ {name}</button>
      ))}
    </div>
  );
}

function Person({ card, off }: { card: Card; off?: () => void }) {
  const { t } = useTranslation();
  const coded = useCoded();
  return (
    <span className={css.person}>
      <strong>{card.name}</strong>
      <span className="quiet num">{[coded(TABLES.sex, card.sex), card.age === null ? '' : t('words.years', { n: card.age })].filter(Boolean).join(' · ')}</span>
      <RiskTag risk={card.risk} />
      {off && <button type="button" className={css.off} onClick={off} aria-label={t('visit.leave_out', { name: card.name })}>×</button>}
    </span>
  );
}

export function When() {
  const late = useAsked('late_reason');
  const unmet = useAsked('unmet_reason');
  return (
    <div className={css.when}>
      <Moment />
      {late && <Line name="late_reason" />}
      <Code name="mode" />
      <div className={css.pair}>
        <Yes name="met_child" />
        <Yes name="met_guardian" />
        <Yes name="child_talk_alone" unknown />
      </div>
      {unmet && <Line name="unmet_reason" />}
    </div>
  );
}

/** The day and the hour: typed as hands type them, kept as one moment with China's zone. */
export function Moment({ testid = 'field-visit_at' }: { testid?: string }) {
  const { t } = useTranslation();
  const { label } = useForm();
  const sheet = useWriting();
  const found = useFindings('visit_at');
  const value = useValue(sheet, 'visit_at');
  const [day, time] = typeof value === 'string' ? [value.slice(0, 10), value.slice(11, 16)] : ['', ''];
  const [typedDay, setDay] = useState(day);
  const [typedTime, setTime] = useState(time);
  const now = useNow();
  const [today, yesterday] = [dayOf(now), dayOf(now - 86_400_000)];
  const put = (nextDay: string, nextTime: string) => {
    const iso = asDay(nextDay, today);
    const digits = nextTime.replace(/[^\d]/g, '').padStart(3, '0');
    const clock = `${digits.slice(0, -2).padStart(2, '0')}:${digits.slice(-2)}`;
    sheet.put('visit_at', /^\d{4}-\d\d-\d\d$/.test(iso) ? `${iso}T${clock}:00+08:00` : nextDay);
    return iso;
  };
  const quick = (iso: string) => {
    setDay(iso);
    put(iso, typedTime);
  };
  return (
    <div className={css.field} data-field="visit_at">
      <span className={css.fieldLabel}>{label('visit_at')}<span className="need" aria-hidden> *</span></span>
      <div className="row">
        <input className={classes('num', css.line, css.short)} value={typedDay} aria-label={t('visit.day')} onChange={(event) => { setDay(event.target.value); put(event.target.value, typedTime); }} onBlur={() => setDay(put(typedDay, typedTime))} data-testid={testid} />
        <input className={classes('num', css.line, css.clock)} value={typedTime} aria-label={t('visit.hour')} inputMode="numeric" onChange={(event) => { setTime(event.target.value); put(typedDay, event.target.value); }} data-testid="field-visit_time" />
        <button type="button" className={part.choice} aria-pressed={day === today} onClick={() => quick(today)}>{t('words.today')}</button>
        <button type="button" className={part.choice} aria-pressed={day === yesterday} onClick={() => quick(yesterday)}>{t('words.yesterday')}</button>
      </div>
      <Findings of={found} />
    </div>
  );
}
