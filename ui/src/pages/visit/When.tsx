// For whom, when, how, and who was met.
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call, useAnswer, type Card, type MomentUnderstood } from '../../api';
import { TABLES, useCoded } from '../../parts/coded';
import { useEverybody } from '../../parts/everybody';
import { RiskTag } from '../../parts/tags';
import { dayOf } from '../../parts/time';
import { listed, spoken } from '../../text';
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
  const all = useEverybody();
  const drafts = useAnswer('draft.list', {}, all.error !== null);
  const siblings = useAnswer('children.household', { child: first ?? '' }, first !== undefined);
  const along = all.cards.filter(({ child }) => children.includes(child));
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

/** `14:30` of what stands behind the day. */
const CLOCK = 5;

/** The day and the hour: typed as hands type them, kept as one moment with China's zone. */
export function Moment({ testid = 'field-visit_at' }: { testid?: string }) {
  const { t } = useTranslation();
  const { label } = useForm();
  const sheet = useWriting();
  const found = useFindings('visit_at');
  const value = useValue(sheet, 'visit_at');
  // both stand as they were typed until Rust can read them; then as one moment
  const [day = '', time = ''] = typeof value === 'string' ? value.split('T') : [];
  const [typedDay, setDay] = useState(day);
  const [typedTime, setTime] = useState(time.slice(0, CLOCK));
  const now = useNow();
  const [today, yesterday] = [dayOf(now), dayOf(now - 86_400_000)];
  const [said, setSaid] = useState<MomentUnderstood>();
  // who only goes through the field writes nothing: of one child, what was written for all would become its own
  const typing = useRef(false);
  const put = (nextDay: string, nextTime: string) => {
    setDay(nextDay);
    setTime(nextTime);
    setSaid(undefined);
    sheet.put('visit_at', nextDay || nextTime ? `${nextDay}T${nextTime}` : undefined);
  };
  /** Shows what was understood. */
  const show = async (nextDay: string, nextTime: string) => {
    const said = await call('read.moment', { day: nextDay, time: nextTime });
    setDay(said.day.text);
    setTime(said.time.text);
    setSaid(said);
    sheet.put('visit_at', said.value);
  };
  const type = (nextDay: string, nextTime: string) => {
    typing.current = true;
    put(nextDay, nextTime);
  };
  const leave = () => {
    if (typing.current) void show(typedDay, typedTime);
    typing.current = false;
  };
  const quick = (nextDay: string) => {
    put(nextDay, typedTime);
    void show(nextDay, typedTime);
  };
  const problems = [said?.day.problem, said?.time.problem].flatMap((problem) => (problem ? [spoken(problem)] : []));
  return (
    <div className={css.field} data-field="visit_at">
      <span className={css.fieldLabel}>{label('visit_at')}<span className="need" aria-hidden> *</span></span>
      <div className="row">
        <input className={classes('num', css.line, css.short)} value={typedDay} aria-label={t('visit.day')} onChange={(event) => type(event.target.value, typedTime)} onBlur={leave} data-testid={testid} />
        <input className={classes('num', css.line, css.clock)} value={typedTime} aria-label={t('visit.hour')} aria-invalid={said?.time.problem ? true : undefined} onChange={(event) => type(typedDay, event.target.value)} onBlur={leave} data-testid="field-visit_time" />
        <button type="button" className={part.choice} aria-pressed={day === today} onClick={() => quick(today)}>{t('words.today')}</button>
        <button type="button" className={part.choice} aria-pressed={day === yesterday} onClick={() => quick(yesterday)}>{t('words.yesterday')}</button>
      </div>
      {problems.length > 0 ? problems.map((text) => <div key={text} className="finding red" role="alert">{text}</div>) : <Findings of={found} />}
    </div>
  );
}
