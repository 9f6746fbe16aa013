// Who changed what, from what to what, when and where; one change together, because it is taken back together.
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAnswer, type ChildId, type HistoryLine } from '../../api';
import { Empty, Trouble, Waiting } from '../../parts/standing';
import { clock, dayOf } from '../../parts/time';
import { about, counted, spoken } from '../../text';
import { useFile } from './edit';
import { classes } from '../../style/classes';
import css from './child.module.css';

const FEW = 12;
/** A change of many keys, such as an import, shows its first lines. */
const LINES = 4;

function together(lines: HistoryLine[]): HistoryLine[][] {
  const groups = new Map<string, HistoryLine[]>();
  for (const line of lines) groups.set(line.change, [...(groups.get(line.change) ?? []), line]);
  return [...groups.values()];
}

export function History({ child }: { child: ChildId }) {
  const { t } = useTranslation();
  const history = useAnswer('child.history', { child });
  const [all, setAll] = useState(false);
  if (history.error) return <Trouble part fault={history.error} again={() => void history.refetch()} />;
  if (!history.data) return <Waiting />;
  const changes = together(history.data);
  if (changes.length === 0) return <><Tenures child={child} /><Empty title={t('child.no_history')} hint={t('child.no_history_hint')} /></>;
  return (
    <>
      <Tenures child={child} />
      <ol className={css.timeline}>{changes.slice(0, all ? undefined : FEW).map((lines) => <Change key={lines[0]?.change} lines={lines} />)}</ol>
      {!all && changes.length > FEW && <button type="button" className={css.more} onClick={() => setAll(true)}>{counted(t('child.older'), changes.length - FEW)}</button>}
    </>
  );
}

/** Who had the child from when to when: handed over, taken back, or over with the post. */
function Tenures({ child }: { child: ChildId }) {
  const { t } = useTranslation();
  const { data = [] } = useAnswer('child.tenures', { child });
  if (data.length === 0) return null;
  return (
    <ul className={css.tenures} aria-label={t('child.tenures')} data-testid="tenures">
      {data.map((one, n) => (
        <li key={n}>
          <strong>{spoken(one.person)}</strong> <span className="quiet">{[spoken(one.title), one.unit].filter(Boolean).join(' · ')}</span>{' '}
          <span className="num">{one.given && t('child.tenure_from', { day: dayOf(one.given.at), person: one.given.person })}{one.taken && t('child.tenure_to', { day: dayOf(one.taken.at), person: one.taken.person })}{one.ended && t('child.tenure_ended', { day: one.ended })}{one.now && t('child.tenure_now')}</span>
        </li>
      ))}
    </ul>
  );
}

function Change({ lines }: { lines: HistoryLine[] }) {
  const { t } = useTranslation();
  const { undo } = useFile();
  const [all, setAll] = useState(false);
  const [first] = lines;
  if (!first) return null;
  const may = lines.every((line) => line.may_undo);
  return (
    <li>
      <span className={classes('num', css.when)}>{clock(first.at)}</span>
      <div className={css.event}>
        {lines.slice(0, all ? undefined : LINES).map((line) => <div key={line.key}>{spoken(line.words)}</div>)}
        {!all && lines.length > LINES && <button type="button" className={css.more} onClick={() => setAll(true)}>{counted(t('words.more'), lines.length - LINES)}</button>}
        <span className="row">
          <span className="quiet">{first.who.device}{first.taken && ` · ${t('held.taken_by', { person: first.taken.person })} ${clock(first.taken.at)}`}</span>
          {may && <Button size="small" type="link" style={{ padding: 0 }} onClick={() => void undo(first.record, first.change, spoken(first.label))} aria-label={about(t('child.undo_change'), spoken(first.words))} data-testid="undo-change">{t('child.undo_change')}</Button>}
        </span>
      </div>
    </li>
  );
}
