// Two people wrote differently, neither knowing of the other: both values side by side, and who may choose picks.
import { DiffOutlined } from '@ant-design/icons';
import { Button, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Finding, Shown, Value } from '../../api';
import { onEnter } from '../../parts/keys';
import { Sayings } from '../../parts/Sayings';
import { useFile } from './edit';
import { asValue } from './typed';

export function Differs({ shown }: { shown: Shown }) {
  const { t } = useTranslation();
  const { file, choose, label, today } = useFile();
  const [other, setOther] = useState<string>();
  const [red, setRed] = useState<Finding[]>([]);
  const [busy, setBusy] = useState(false);
  const may = file.may_choose && shown.record !== null;
  async function pick(value: Value) {
    if (!shown.record) return;
    setBusy(true);
    const said = await choose(shown.record, shown, value);
    setBusy(false);
    setRed(said?.findings.filter(({ level, missing }) => level === 'red' && !missing) ?? []);
  }
  const write = () => {
    const value = asValue(shown.kind, other ?? '', today);
    if (value !== undefined) void pick(value);
  };
  const typed = ['text', 'long_text', 'day', 'month', 'int', 'money', 'decimal', 'id_no', 'tel'].includes(shown.kind);
  return (
    <div className="differs" data-testid={`differs-${shown.key}`}>
      <div className="differs-head"><DiffOutlined aria-hidden /> {t('child.two')}{!may && <span className="quiet"> · {t('child.two_wait')}</span>}</div>
      <Sayings said={shown.cell?.said ?? []} may={may} busy={busy} pick={({ value }) => void pick(value)} />
      {may && typed && (other === undefined ? <Button type="text" size="small" onClick={() => setOther('')}>{t('child.other')}</Button> : (
        <div className="row" style={{ flexWrap: 'nowrap' }}>
          <Input autoFocus value={other} onChange={(event) => setOther(event.target.value)} onKeyDown={onEnter(write)} aria-label={`${t('child.other')}：${label(shown)}`} />
          <Button onClick={write} disabled={busy}>{t('words.save')}</Button>
        </div>
      ))}
      {red.map(({ text }) => <div key={text} className="finding red" role="alert">{text}</div>)}
    </div>
  );
}
