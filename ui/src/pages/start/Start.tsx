// Before the desk is open: joining the district, unlocking, and the recovery code on paper.
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAct, type ShellState } from '../../api';
import type { Args } from '../../api/transport';
import { useLook } from '../../look';
import { useJustPractised } from '../../parts/practised';
import { Waiting } from '../../parts/standing';
import { SIZES } from '../../style/theme';
import { Choose } from './Choose';
import { Compare } from './Compare';
import { Join } from './Join';
import { Paper } from './Paper';
import { useShown } from './shown';
import { Unlock } from './Unlock';
import { classes } from '../../style/classes';
import css from './start.module.css';

/** Which of the three steps of the first start is being taken; none when the desk is only opened. */
type Step = 1 | 2 | 3 | null;

export function Start({ state }: { state: ShellState }) {
  const { t } = useTranslation();
  const { step, body } = useBody(state);
  const practised = useJustPractised(state.practice);
  return (
    <div className={css.start} data-testid="start">
      <header className={css.startSide}>
        <div className={css.startBrand}><img src="./icon.svg" alt="" /><span>{t('words.app')}</span></div>
        {step !== null && <Steps step={step} />}
        <p>{t('start.calm')}</p>
        <Comfort />
      </header>
      <main className={css.startMain}>
        {state.practice && <div className={css.startPractice} role="note">{t('words.practice')}</div>}
        {practised && <div className={css.startPractice} role="status" data-testid="practised">{t('start.practised')}</div>}
        <div className={css.startCard}>{body}</div>
        <p className={classes('quiet num', css.startVersion)}>{t('start.version', { version: state.version })}</p>
      </main>
    </div>
  );
}

function useBody(state: ShellState): { step: Step; body: React.ReactNode } {
  const shown = useShown();
  // kept here and not in the form: the stage changes before the answer is heard, and the digits must be compared all the same
  const enrol = useAct('shell.enrol');
  const grant = enrol.data ?? null;
  const [stand, setStand] = useState<'asked' | 'same' | 'other'>('asked');
  const create = useAct('shell.create');
  const renew = useAct('shell.passphrase');
  // the step in which a code is shown follows from how we came here, and the stage is "open" by then
  const [first] = useState(state.stage === 'new' || state.stage === 'joined');
  if (shown && !shown.making) return { step: first ? 3 : null, body: <Paper code={shown.code} first={first} /> };
  if (state.stage === 'open' && (state.reopened || !first)) return { step: null, body: <Choose reopened save={(passphrase) => renew.mutateAsync({ passphrase, old: null })} /> };
  // nobody has a passphrase there
  if (state.stage === 'opening' && state.practice) return { step: null, body: <Waiting /> };
  // while the first store is made the stage is "opening" as well: step 2 stays, its button turning
  if (state.stage === 'locked' || (state.stage === 'opening' && !first)) return { step: null, body: <Unlock state={state} /> };
  if (grant && stand === 'asked' && !enrol.isPending) return { step: 1, body: <Compare grant={grant} same={() => setStand('same')} other={() => setStand('other')} /> };
  if (stand !== 'same' && (state.stage === 'new' || enrol.isPending || stand === 'other')) {
    const ask = (args: Args<'shell.enrol'>) => enrol.mutate(args, { onSuccess: () => setStand('asked') });
    return { step: 1, body: <Join label={state.label} warned={stand === 'other'} ask={ask} asking={enrol.isPending} fault={enrol.error} /> };
  }
  return { step: 2, body: <Choose save={(passphrase) => create.mutateAsync({ passphrase })} /> };
}

function Steps({ step }: { step: 1 | 2 | 3 }) {
  const { t } = useTranslation();
  const names = [t('start.step_join'), t('start.step_choose'), t('start.step_paper')];
  return (
    <ol className={css.startSteps}>
      {names.map((name, n) => (
        <li key={name} aria-current={n + 1 === step ? 'step' : undefined}><span className="num">{n + 1 < step ? '✓' : n + 1}</span>{name}</li>
      ))}
    </ol>
  );
}

/** Larger text and the language, before anything has to be read. */
function Comfort() {
  const { t } = useTranslation();
  const { look, setLook } = useLook();
  const larger = SIZES[(SIZES.indexOf(look.size) + 1) % SIZES.length] ?? SIZES[0];
  return (
    <div className={css.startComfort}>
      <Button type="text" onClick={() => setLook({ size: larger })} data-testid="start-size">{larger > look.size ? t('start.larger') : t('start.usual_size')}</Button>
      <Button type="text" onClick={() => setLook({ language: look.language === 'zh' ? 'en' : 'zh' })} lang={look.language === 'zh' ? 'en' : 'zh-CN'} data-testid="start-language">{look.language === 'zh' ? 'English' : '中文'}</Button>
    </div>
  );
}
