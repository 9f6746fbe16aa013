// 结案 and 重新启用: the station says when and why a file is closed, or opened again.
import { App, Button, Drawer, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call, queries, type Field, type Finding, type FileClosedAnswer, type Value } from '../../api';
import { readDay } from '../../parts/read';
import { tell } from '../../parts/fault';
import { savedNow } from '../../parts/saved';
import { useLook } from '../../look';
import { helped, spoken } from '../../text';
import { useFile } from './edit';
import part from '../../parts/choice.module.css';
import css from './child.module.css';

const KEYS = ['closed_why', 'closed_why_other', 'closed_on', 'closed_papers'];

/** Sends and says what came of it; `true` when it is on the disk. */
function useSend(hide: () => void) {
  const { file: { card } } = useFile();
  const { message } = App.useApp();
  const [findings, setFindings] = useState<Finding[]>([]);
  const [busy, setBusy] = useState(false);
  async function send(run: () => Promise<FileClosedAnswer>, said: string) {
    setBusy(true);
    try {
      const answer = await run();
      setFindings(answer.findings);
      if (!answer.done) return;
      savedNow();
      await queries.invalidateQueries({ queryKey: ['child.open', { child: card.child }] });
      void message.success(said, 4);
      hide();
    } catch (thrown) {
      tell(message, thrown);
    } finally {
      setBusy(false);
    }
  }
  return { findings, setFindings, busy, send };
}

export function Close({ hide }: { hide(): void }) {
  const { t } = useTranslation();
  const { look } = useLook();
  const { file: { card }, forms, table, label, today } = useFile();
  const [typed, setTyped] = useState<Record<string, string>>({ closed_on: today });
  const { findings, setFindings, busy, send } = useSend(hide);
  const all = forms?.forms.find(({ id }) => id === 'child')?.fields ?? [];
  const fields = KEYS.flatMap((key) => all.find((field) => field.key === key) ?? []).filter(({ key }) => key !== 'closed_why_other' || typed.closed_why === 'OTHER');
  const write = (key: string, text: string) => {
    setTyped({ ...typed, [key]: text });
    setFindings(findings.filter((finding) => finding.key !== key));
  };
  /** A day that was typed is shown as it was understood. */
  const show = async ({ key, kind, near }: Field) => {
    if (kind !== 'day') return;
    const { text, read } = await readDay(typed[key] ?? '', near);
    if (read) write(key, text);
  };
  const submit = () => {
    const values: Record<string, Value> = {};
    for (const { key } of fields) {
      const text = (typed[key] ?? '').trim();
      if (text) values[key] = text;
    }
    return send(() => call('child.close', { child: card.child, values }), t('child.close_done', { name: card.name }));
  };
  return (
    <Drawer open onClose={hide} size="min(32em, 100vw)" title={`${t('child.close')} · ${card.name}`} footer={<Button type="primary" block loading={busy} onClick={() => void submit()} data-testid="close-submit">{t('child.close')}</Button>}>
      <div className="stack" data-testid="close-box">
        <p className="quiet">{t('child.close_hint')}</p>
        {fields.map((field) => (
          <div key={field.key} data-testid={`field-${field.key}`}>
            <div className={css.fieldLabel}>{label(field)}</div>
            {field.kind === 'code' ? (
              <div className={css.choices} role="radiogroup" aria-label={label(field)}>
                {table(field.code)?.entries.map((entry) => (
                  <button key={entry.code} type="button" role="radio" aria-checked={typed[field.key] === entry.code} className={part.choice} onClick={() => write(field.key, entry.code)}>{look.language === 'zh' ? entry.name : entry.en}</button>
                ))}
              </div>
            ) : <Input value={typed[field.key] ?? ''} maxLength={field.max || undefined} onChange={(event) => write(field.key, event.target.value)} onBlur={() => void show(field)} placeholder={helped(field)} aria-label={label(field)} />}
            {findings.filter(({ key }) => key === field.key).map((finding) => <div key={finding.text} role="alert" className={`finding ${finding.level}`}>{spoken(finding)}</div>)}
          </div>
        ))}
      </div>
    </Drawer>
  );
}

export function Reopen({ hide }: { hide(): void }) {
  const { t } = useTranslation();
  const { file: { card } } = useFile();
  const [why, setWhy] = useState('');
  const { findings, busy, send } = useSend(hide);
  const submit = () => send(() => call('child.reopen', { child: card.child, why }), t('child.reopen_done', { name: card.name }));
  return (
    <Drawer open onClose={hide} size="min(32em, 100vw)" title={`${t('child.reopen')} · ${card.name}`} footer={<Button type="primary" block loading={busy} disabled={why.trim() === ''} onClick={() => void submit()} data-testid="reopen-submit">{t('child.reopen')}</Button>}>
      <div className="stack" data-testid="reopen-box">
        <label>
          <span className={css.fieldLabel}>{t('child.reopen_why')}</span>
          <Input.TextArea autoFocus autoSize={{ minRows: 2, maxRows: 6 }} maxLength={200} value={why} onChange={(event) => setWhy(event.target.value)} data-testid="reopen-why" />
        </label>
        {findings.map((finding) => <div key={finding.text} role="alert" className={`finding ${finding.level}`}>{spoken(finding)}</div>)}
      </div>
    </Drawer>
  );
}
