// Two people wrote differently, neither knowing of the other: both values side by side, and who may choose picks.
import { DiffOutlined } from '@ant-design/icons';
import { Button, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Finding, Kind, Shown, Value } from '../../api';
import { onEnter } from '../../parts/keys';
import { Sayings } from '../../parts/Sayings';
import { about } from '../../text';
import { Another } from './Choices';
import { refusals, useFile } from './edit';
import { asValue } from './typed';
import css from './child.module.css';

const LISTED: Kind[] = ['yes', 'code', 'area'];

export function Differs({ shown }: { shown: Shown }) {
  const { t } = useTranslation();
  const { file, choose, label } = useFile();
  const [other, setOther] = useState(false);
  const [red, setRed] = useState<Finding[]>([]);
  const [busy, setBusy] = useState(false);
  const may = file.card.may.includes('choose') && shown.record !== null;
  async function pick(value: Value) {
    if (!shown.record) return;
    setBusy(true);
    const said = await choose(shown.record, shown, value);
    setBusy(false);
    setRed(said ? refusals(said) : []);
  }
  const listed = LISTED.includes(shown.kind);
  const word = t(listed ? 'parts.choose_other' : 'parts.write_other');
  const another = { shown, name: about(word, label(shown)), busy, pick: (value: Value) => void pick(value) };
  return (
    <div className={css.differs} data-testid={`differs-${shown.key}`}>
      <div className={css.differsHead}><DiffOutlined aria-hidden /> {t('child.two')}{!may && <span className="quiet"> · {t('child.two_wait')}</span>}</div>
      <Sayings said={shown.cell?.said ?? []} may={may} busy={busy} pick={({ value }) => void pick(value)} other={other ? undefined : { word, open: () => setOther(true) }} />
      {may && other && (
        <div className={css.differsOther} onKeyDown={(event) => event.key === 'Escape' && setOther(false)}>
          {listed ? <Another {...another} /> : <Written {...another} />}
          <Button type="text" onClick={() => setOther(false)}>{t('words.cancel')}</Button>
        </div>
      )}
      {red.map(({ text }) => <div key={text} className="finding red" role="alert">{text}</div>)}
    </div>
  );
}

function Written({ shown, name, busy, pick }: { shown: Shown; name: string; busy: boolean; pick(value: Value): void }) {
  const { t } = useTranslation();
  const [typed, type] = useState('');
  const write = () => {
    const value = asValue(shown.kind, typed);
    if (value !== undefined) pick(value);
  };
  return (
    <>
      <Input autoFocus value={typed} onChange={(event) => type(event.target.value)} onKeyDown={onEnter(write)} placeholder={name} aria-label={name} data-testid="other-text" />
      <Button type="primary" onClick={write} disabled={busy || typed.trim() === ''} data-testid="other-save">{t('words.save')}</Button>
      {shown.unknown && <Button onClick={() => pick(null)} disabled={busy}>{t('words.unknown')}</Button>}
    </>
  );
}
