// The end of a note: the director's view, the next visit, what still stands in the way, 完成.
import { CheckCircleFilled, CheckOutlined } from '@ant-design/icons';
import { App, Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Completed, type Finding } from '../../api';
import { tell } from '../../parts/fault';
import { readDay } from '../../parts/read';
import { refused } from '../../parts/photos/adding';
import { clock, dayOf } from '../../parts/time';
import { spoken } from '../../text';
import { Code, Findings, useFindings, useForm, useNow, useWriting } from './form';
import { splitKey } from '../../parts/own';
import { useStands, useValue, type Sheet } from '../../parts/sheet';
import { classes } from '../../style/classes';
import part from '../../parts/choice.module.css';
import css from './visit.module.css';

export function Finish({ sheet, show, done }: { sheet: Sheet; /** Shows the part of one child, or of all. */ show(child: string): void; done(what: Completed): void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const [busy, setBusy] = useState(false);
  const findings = useStands(sheet, ({ findings }) => findings);
  const tried = useStands(sheet, ({ tried }) => tried);
  const red = findings.filter(({ level }) => level === 'red');
  const go = (finding: Finding) => {
    show(splitKey(finding.key).child);
    jump(finding);
  };
  async function complete() {
    setBusy(true);
    try {
      const completed = await sheet.complete();
      if (completed) return done(completed);
      if (refused(sheet.draft).length > 0) return toRefused();
      const first = sheet.standing.findings.find(({ level }) => level === 'red');
      if (first) go(first);
    } catch (thrown) {
      tell(message, thrown);
    } finally {
      setBusy(false);
    }
  }
  function toRefused() {
    void message.warning(t('photos.refused_first'), 6);
    document.querySelector('[data-testid="photo-refused"]')?.scrollIntoView({ block: 'center' });
    document.querySelector<HTMLElement>('[data-testid="photo-again"]')?.focus({ preventScroll: true });
  }
  return (
    <aside className={css.finish} aria-label={t('visit.finish')}>
      <div className={css.finishAsks}>
        <Code name="risk_hint" />
        <Next />
      </div>
      <div className={css.finishDo}>
        <Button type="primary" size="large" block icon={<CheckOutlined />} loading={busy} onClick={() => void complete()} data-testid="complete">{t('visit.complete')}</Button>
        {red[0] && <button type="button" className={classes(css.finishLeft, tried && css.tried)} onClick={() => red[0] && go(red[0])} data-testid="left-first">{t('visit.left', { n: red.length })}</button>}
        <SavedLine />
      </div>
      <div className={css.finishTold}>
        <Left findings={findings} tried={tried} go={go} />
        <p className={classes('quiet', css.finishHint)}>{red.length > 0 ? t('visit.draft_hint') : t('visit.complete_hint')}</p>
      </div>
    </aside>
  );
}

/** So many stand at once: the rest comes when it is asked for, so that no line is cut. */
const MOST = 4;

/** What is still to do, each a way to the field; apart from it what only asks for a look. */
function Left({ findings, tried, go }: { findings: Finding[]; tried: boolean; go(finding: Finding): void }) {
  const { t } = useTranslation();
  const [all, setAll] = useState(false);
  const red = findings.filter(({ level }) => level === 'red');
  const yellow = findings.filter(({ level }) => level === 'yellow');
  if (red.length + yellow.length === 0) return <p className={css.finishFine}><CheckCircleFilled aria-hidden /> {t('visit.all_there')}</p>;
  return (
    <div className={classes(css.left, tried && css.tried)} data-testid="left">
      {red.length > 0 && <div className={css.leftTitle}>{t('visit.left', { n: red.length })}</div>}
      <Lines of={all ? red : red.slice(0, MOST)} go={go} />
      {!all && red.length > MOST && <button type="button" className={css.leftMore} onClick={() => setAll(true)} data-testid="left-more">{t('visit.left_more', { n: red.length - MOST })}</button>}
      {yellow.length > 0 && <div className={classes(css.leftTitle, css.mind)}>{t('words.yellow')}</div>}
      <Lines of={yellow} go={go} />
    </div>
  );
}

function Lines({ of, go }: { of: Finding[]; go(finding: Finding): void }) {
  return (
    <ul>
      {of.map((finding) => (
        <li key={finding.key + finding.text}><button type="button" className={finding.level} onClick={() => go(finding)}>{spoken(finding)}</button></li>
      ))}
    </ul>
  );
}

/** Goes to the field a finding is about. */
export function jump(finding: Finding) {
  const { name: key } = splitKey(finding.key);
  const name = key.split('/')[0] ?? key;
  requestAnimationFrame(() => {
    const field = document.querySelector<HTMLElement>(`[data-field="${CSS.escape(key)}"]`) ?? document.querySelector<HTMLElement>(`[data-field="${CSS.escape(name)}"]`);
    field?.scrollIntoView({ block: 'center' });
    field?.querySelector<HTMLElement>('input, textarea, [tabindex="0"], button')?.focus({ preventScroll: true });
  });
}

const STEPS = [7, 14, 30] as const;

function Next() {
  const { t } = useTranslation();
  const sheet = useWriting();
  const { label } = useForm();
  const value = useValue(sheet, 'next_visit');
  const found = useFindings('next_visit');
  const now = useNow();
  const [typed, type] = useState(typeof value === 'string' ? value : '');
  const put = (day: string) => {
    type(day);
    sheet.put('next_visit', day);
  };
  return (
    <div className={css.field} data-field="next_visit">
      <label className={css.fieldBox}>
        <span className={css.fieldLabel}>{label('next_visit')}<span className="need" aria-hidden> *</span></span>
        <input className={classes('num', css.line)} value={typed} onChange={(event) => put(event.target.value)} onBlur={() => void readDay(typed, 'coming').then(({ text }) => put(text))} data-testid="field-next_visit" />
      </label>
      <div className={classes('row', css.nextSteps)}>
        {STEPS.map((days) => {
          const day = dayOf(now + days * 86_400_000);
          return <button key={days} type="button" className={part.choice} aria-pressed={value === day} onClick={() => put(day)}>{t('visit.in_days', { n: days })}</button>;
        })}
      </div>
      <Findings of={found} />
    </div>
  );
}

/** 已保存在本机 17:32 */
export function SavedLine() {
  const { t } = useTranslation();
  const { saved, saving, fault } = useStands(useWriting(), (standing) => standing);
  if (fault) return <p className="finding red" role="alert">{spoken(fault)}</p>;
  return <p className={classes('quiet', css.saved)} role="status" data-testid="saved">{saving ? t('words.saving') : saved ? t('words.saved_at', { time: clock(saved) }) : ''}</p>;
}
