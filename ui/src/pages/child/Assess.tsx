// The risk level comes only from an assessment: level, reason, basis.
import { Button, Drawer, Input } from 'antd';
import { App } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call, queries, type Field, type Finding, type Value } from '../../api';
import { announce } from '../../parts/announce';
import { Elsewhere, Kept } from '../../parts/Elsewhere';
import { tell } from '../../parts/fault';
import { readDay } from '../../parts/read';
import { savedNow } from '../../parts/saved';
import { useSheet, type Sheet } from '../../parts/sheet';
import { RiskTag } from '../../parts/tags';
import { useLook } from '../../look';
import { helped, spoken } from '../../text';
import { useFile } from './edit';
import { classes } from '../../style/classes';
import part from '../../parts/choice.module.css';
import css from './child.module.css';

export function Assess({ hide }: { hide(): void }) {
  const { file: { card } } = useFile();
  const { sheet, again } = useSheet({ form: 'assessment', child: card.child });
  return sheet && <Box key={sheet.opened} sheet={sheet} again={again} hide={hide} />;
}

/** What is half written is a draft: there after the drawer was closed, a lock, a kill. */
function Box({ sheet, again, hide }: { sheet: Sheet; again(): void; hide(): void }) {
  const { t } = useTranslation();
  const { look } = useLook();
  const { file: { card }, forms, table, label, today } = useFile();
  const { message } = App.useApp();
  const [typed, setTyped] = useState<Record<string, string>>(() => ({ date: today, ...(sheet.values as Record<string, string>) }));
  const [findings, setFindings] = useState<Finding[]>([]);
  const [busy, setBusy] = useState(false);
  const fields = forms?.forms.find(({ id }) => id === 'assessment')?.fields ?? [];
  const write = (key: string, text: string) => {
    setTyped({ ...typed, [key]: text });
    sheet.put(key, text);
    setFindings(findings.filter((finding) => finding.key !== key));
  };
  /** A day that was typed is shown as it was understood. */
  async function show({ key, kind, near }: Field) {
    if (kind !== 'day') return;
    const { text, read } = await readDay(typed[key] ?? '', near);
    if (read) write(key, text);
  }
  async function submit() {
    setBusy(true);
    try {
      await sheet.flush();
      if (sheet.elsewhere) return;
      const values: Record<string, Value> = {};
      for (const [key, text] of Object.entries(typed)) if (text.trim()) values[key] = text.trim();
      const said = await call('assessment.complete', { child: card.child, values, ...(sheet.draft !== '' && { draft: sheet.draft }) });
      setFindings(said.findings);
      if (!said.record) return;
      sheet.end();
      savedNow();
      await queries.invalidateQueries({ queryKey: ['child.open', { child: card.child }] });
      void announce(message).success(t('child.assess_done'));
      hide();
    } catch (thrown) {
      tell(message, thrown);
    } finally {
      setBusy(false);
    }
  }
  return (
    <Drawer open onClose={hide} size="min(32em, 100vw)" title={`${t('child.assess_title')} · ${card.name}`} footer={<Button type="primary" block loading={busy} onClick={() => void submit()} data-testid="assess-submit">{t('words.save')}</Button>}>
      <div className="stack" data-testid="assess-box">
        <Elsewhere sheet={sheet} again={again} />
        {card.risk && <div className="row"><RiskTag risk={card.risk} /></div>}
        {fields.map((field) => (
          <div key={field.key} data-testid={`field-${field.key}`}>
            <div className={css.fieldLabel}>{label(field)}</div>
            {field.kind === 'code' ? (
              <div className={css.choices} role="radiogroup" aria-label={label(field)}>
                {table(field.code)?.entries.map((entry) => (
                  <button key={entry.code} type="button" role="radio" aria-checked={typed[field.key] === entry.code} className={classes(part.choice, css.risk)} onClick={() => write(field.key, entry.code)}>
                    <RiskTag risk={{ code: entry.code, name: look.language === 'zh' ? entry.name : entry.en }} />
                  </button>
                ))}
              </div>
            ) : field.kind === 'long_text'
              ? <Input.TextArea autoSize={{ minRows: 4, maxRows: 12 }} maxLength={field.max || undefined} value={typed[field.key] ?? ''} onChange={(event) => write(field.key, event.target.value)} aria-label={label(field)} />
              : <Input value={typed[field.key] ?? ''} onChange={(event) => write(field.key, event.target.value)} onBlur={() => void show(field)} placeholder={helped(field)} aria-label={label(field)} />}
            {findings.filter(({ key }) => key === field.key).map((finding) => <div key={finding.text} role="alert" className={`finding ${finding.level}`}>{spoken(finding)}</div>)}
          </div>
        ))}
        <Kept sheet={sheet} />
      </div>
    </Drawer>
  );
}
