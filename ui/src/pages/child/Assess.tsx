// The risk level comes only from an assessment: level, reason, basis.
import { Button, Drawer, Input } from 'antd';
import { App } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { asFault, call, queries, type Finding, type Value } from '../../api';
import { asDay } from '../../parts/day';
import { savedNow } from '../../parts/saved';
import { RiskTag } from '../../parts/tags';
import { useLook } from '../../look';
import { helped, spoken } from '../../text';
import { useFile } from './edit';
import { classes } from '../../style/classes';
import css from './child.module.css';

type Typed = Record<string, string>;
// outlives the drawer, so that closing it by mistake loses nothing
const begun = new Map<string, Typed>();

export function Assess({ hide }: { hide(): void }) {
  const { t } = useTranslation();
  const { look } = useLook();
  const { file: { card }, forms, table, label, today } = useFile();
  const { message } = App.useApp();
  const [typed, setTyped] = useState<Typed>(() => begun.get(card.child) ?? { date: today });
  const [findings, setFindings] = useState<Finding[]>([]);
  const [busy, setBusy] = useState(false);
  const fields = forms?.forms.find(({ id }) => id === 'assessment')?.fields ?? [];
  const write = (key: string, text: string) => {
    const next = { ...typed, [key]: text };
    begun.set(card.child, next);
    setTyped(next);
    setFindings(findings.filter((finding) => finding.key !== key));
  };
  async function submit() {
    setBusy(true);
    try {
      const values: Record<string, Value> = {};
      for (const [key, text] of Object.entries(typed)) if (text.trim()) values[key] = key === 'date' ? asDay(text, today) : text.trim();
      const said = await call('assessment.complete', { child: card.child, values });
      setFindings(said.findings);
      if (!said.record) return;
      begun.delete(card.child);
      savedNow();
      await queries.invalidateQueries({ queryKey: ['child.open', { child: card.child }] });
      void message.success(t('child.assess_done'));
      hide();
    } catch (thrown) {
      void message.error(spoken(asFault(thrown)), 6);
    } finally {
      setBusy(false);
    }
  }
  return (
    <Drawer open onClose={hide} size="min(32em, 100vw)" title={`${t('child.assess_title')} · ${card.name}`} footer={<Button type="primary" block loading={busy} onClick={() => void submit()} data-testid="assess-submit">{t('words.save')}</Button>}>
      <div className="stack" data-testid="assess-box">
        {card.risk && <div className="row"><RiskTag risk={card.risk} /></div>}
        {fields.map((field) => (
          <div key={field.key} data-testid={`field-${field.key}`}>
            <div className={css.fieldLabel}>{label(field)}</div>
            {field.kind === 'code' ? (
              <div className={css.choices} role="radiogroup" aria-label={label(field)}>
                {table(field.code)?.entries.map((entry) => (
                  <button key={entry.code} type="button" role="radio" aria-checked={typed[field.key] === entry.code} className={classes(css.choice, css.risk)} onClick={() => write(field.key, entry.code)}>
                    <RiskTag risk={{ code: entry.code, name: look.language === 'zh' ? entry.name : entry.en }} />
                  </button>
                ))}
              </div>
            ) : field.kind === 'long_text'
              ? <Input.TextArea autoSize={{ minRows: 4, maxRows: 12 }} maxLength={field.max || undefined} value={typed[field.key] ?? ''} onChange={(event) => write(field.key, event.target.value)} aria-label={label(field)} />
              : <Input value={typed[field.key] ?? ''} onChange={(event) => write(field.key, event.target.value)} placeholder={helped(field)} aria-label={label(field)} />}
            {findings.filter(({ key }) => key === field.key).map((finding) => <div key={finding.text} role="alert" className={`finding ${finding.level}`}>{spoken(finding)}</div>)}
          </div>
        ))}
      </div>
    </Drawer>
  );
}
