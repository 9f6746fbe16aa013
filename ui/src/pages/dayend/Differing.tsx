// Values two people wrote differently, one after another: side by side, picked with a digit, taken back with Z.
import { DiffOutlined, UndoOutlined } from '@ant-design/icons';
import { Link, useNavigate } from '@tanstack/react-router';
import { App, Button, Input } from 'antd';
import { useRef, useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { call, queries, type Differing as One, type Finding, type Kind, type SettledDiffer, type Value } from '../../api';
import { tell } from '../../parts/fault';
import { onEnter } from '../../parts/keys';
import { savedNow } from '../../parts/saved';
import { Sayings } from '../../parts/Sayings';
import { clock } from '../../parts/time';
import { listed, spoken } from '../../text';
import { asValue } from '../child/typed';
import { differsId, last, useDeeds } from './deeds';
import { line, plain, useFirst, useWanted, wantLine } from './lines';
import { classes } from '../../style/classes';
import css from './dayend.module.css';

const TYPED: (Kind | null)[] = ['text', 'long_text', 'day', 'month', 'int', 'money', 'decimal', 'id_no', 'tel'];
/** So many at once; the next follow as these are picked. */
const SHOWN = 20;

export function Differing({ all, settled }: { all: One[]; settled: SettledDiffer[] }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const deeds = useDeeds();

  async function pick(one: One, value: Value): Promise<Finding[]> {
    try {
      const { saved, findings } = await call('child.choose', { record: one.record, key: one.key, value });
      if (saved.length === 0) return findings.filter(({ level }) => level === 'red');
      savedNow();
      deeds.did({ kind: 'choice', one });
      await queries.invalidateQueries({ queryKey: ['dayend'] });
    } catch (thrown) {
      tell(message, thrown);
    }
    return [];
  }

  useWanted('differs', all);
  useFirst('differs');
  if (all.length + settled.length === 0) return null;
  return (
    <section className={css.dayendDiffering} aria-label={t('dayend.decide')}>
      {all.length > 0 && (
        <div className={css.dayendTitle}>
          <h2><DiffOutlined aria-hidden /> {t('dayend.decide')} <span className="num">{t('dayend.decide_n', { n: all.length })}</span></h2>
          <p className="quiet">{t('dayend.decide_hint')}</p>
        </div>
      )}
      {all.slice(0, SHOWN).map((one) => <Line key={one.record + one.key} one={one} pick={pick} />)}
      {settled.map((one) => <Settled key={one.change + one.key} one={one} />)}
    </section>
  );
}

/** What was settled that day stays here: what was chosen, by whom, and the way back. */
function Settled({ one }: { one: SettledDiffer }) {
  const { t } = useTranslation();
  const deeds = useDeeds();
  const latest = last(deeds.all);
  const z = latest?.kind === 'choice' && differsId(latest.one) === differsId(one);
  return (
    <div className={css.dayendPicked} role="status" data-testid="settled-differ">
      <span className="grow">{t('dayend.chosen', { name: one.name, label: whose(t, one), text: one.text })} <span className="quiet">{one.who.person} <span className="num">{clock(one.who.at)}</span></span></span>
      {one.may_undo && (
        <Button size="small" icon={<UndoOutlined />} onClick={() => void deeds.takeBack({ kind: 'choice', one, change: one.change })} data-testid="undo">
          {z && <kbd>Z</kbd>}{t('dayend.change_back')}
        </Button>
      )}
    </div>
  );
}

type Translate = ReturnType<typeof useTranslation>['t'];

/** Whose field it is: “电话（祖母 王秀英）”. */
const whose = (t: Translate, { label, whose }: Pick<One, 'label' | 'whose'>) =>
  whose ? t('dayend.whose', { label: spoken(label), whose: spoken(whose) }) : spoken(label);

function Line({ one, pick }: { one: One; pick(one: One, value: Value): Promise<Finding[]> }) {
  const { t } = useTranslation();
  const go = useNavigate();
  const box = useRef<HTMLElement>(null);
  const [other, setOther] = useState<string>();
  const [red, setRed] = useState<Finding[]>([]);
  const [busy, setBusy] = useState(false);
  const { cell, name, may_choose: may, kind } = one;
  const label = whose(t, one);
  const typed = may && TYPED.includes(kind);
  async function take(value: Value) {
    if (busy) return;
    setBusy(true);
    wantLine(box.current);
    const said = await pick(one, value);
    if (said.length > 0) wantLine(null);
    setBusy(false);
    setRed(said);
  }
  // what is picked from a list is picked in the file, where the list is
  const neither = () => (typed ? setOther(other ?? '') : void go({ to: '/child/$child', params: { child: one.child } }));
  const write = () => {
    const value = asValue(kind ?? 'text', other ?? '');
    if (value !== undefined) void take(value);
  };
  const leave = () => {
    setOther(undefined);
    box.current?.focus();
  };
  const keys = (event: KeyboardEvent) => {
    if (!may || !plain(event) || event.repeat) return;
    const said = /^[1-9]$/.test(event.key) ? cell.said[Number(event.key) - 1] : undefined;
    if (said) void take(said.value);
    else if (event.key.toLowerCase() === 'e') neither();
    else return;
    event.preventDefault();
  };
  return (
    <article ref={box} {...line('differs', differsId(one))} className={classes('panel', css.differing)} onKeyDown={keys} aria-label={`${name} ${label}`} data-testid={`differs-${one.key}`}>
      <div className={css.differingHead}>
        <Link to="/child/$child" params={{ child: one.child }} className={css.differingName}>{name}</Link>
        <span className="grow">{label}</span>
        {!may && <span className="quiet">{t('dayend.wait')}</span>}
      </div>
      <p className="quiet">{one.before.length > 0 ? t('dayend.before_both', { text: listed(one.before) }) : t('dayend.before_none')}</p>
      <Sayings said={cell.said} may={may} busy={busy} keys pick={({ value }) => void take(value)} other={other === undefined ? { word: t(typed ? 'parts.write_other' : 'dayend.other_there'), open: neither } : undefined} />
      {other !== undefined && (
        <div className={css.differingOther}>
          <Input autoFocus value={other} onChange={(event) => setOther(event.target.value)} onKeyDown={(event) => { onEnter(write)(event); if (event.key === 'Escape') leave(); }} placeholder={t('dayend.other_of', { name, label })} aria-label={t('dayend.other_of', { name, label })} data-testid="other-text" />
          <Button type="primary" onClick={write} disabled={other.trim() === ''} loading={busy} data-testid="other-save">{t('words.save')}</Button>
          <Button type="text" onClick={leave}>{t('words.cancel')}</Button>
        </div>
      )}
      {red.map((finding) => <div key={finding.text} className="finding red" role="alert">{spoken(finding)}</div>)}
    </article>
  );
}
