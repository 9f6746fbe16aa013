// 告急: what nobody may leave lying, what to do now, and the station's answer to it in a sentence.
import { AlertFilled, QuestionCircleFilled } from '@ant-design/icons';
import { Link } from '@tanstack/react-router';
import { App, Button, Input } from 'antd';
import { useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { call, type Alarm } from '../../api';
import { classes } from '../../style/classes';
import { spoken } from '../../text';
import { composing } from '../keys';
import { tell } from '../fault';
import { Elsewhere } from '../Elsewhere';
import { savedNow } from '../saved';
import { useSheet, type Sheet } from '../sheet';
import { clock } from '../time';
import { Unsent } from './Unsent';
import css from './alarm.module.css';

/** `total`: how many there are, where the first stand here. `on`: whose page this is, so that it is not led to. */
export function Alarms({ all, total, on }: { all: Alarm[]; total?: number; on?: 'child' | 'visit' }) {
  const { t } = useTranslation();
  if (all.length === 0) return null;
  const n = total ?? all.length;
  return (
    <section className={css.alarms} aria-label={t('alarm.title')} data-testid="alarms">
      <h2><AlertFilled aria-hidden /> {t('alarm.title')} <span className="num">{t('alarm.n', { n })}</span></h2>
      <ul>{all.map((alarm) => <li key={alarm.record}><One alarm={alarm} on={on} /></li>)}</ul>
      {n > all.length && <p className="quiet">{t('alarm.more', { n: n - all.length })}</p>}
    </section>
  );
}

function One({ alarm, on }: { alarm: Alarm; on: 'child' | 'visit' | undefined }) {
  const { t } = useTranslation();
  const { name, danger, causes, what_to_do: todo, opening, who, answer } = alarm;
  return (
    <article className={classes('panel', css.alarm, danger && !answer ? css.danger : css.asks)} data-testid="alarm">
      <div className={css.top}>
        {on ? null : <Link to="/child/$child" params={{ child: alarm.child }} className={css.name}>{name}</Link>}
        <span className={css.causes}>
          {causes.map((cause) => <span key={cause.text} className={`tag ${danger ? 'red' : 'amber'}`}>{danger ? <AlertFilled aria-hidden /> : <QuestionCircleFilled aria-hidden />}{spoken(cause)}</span>)}
        </span>
        <span className="quiet num">{t('alarm.by', { person: who.person, time: clock(who.at) })}</span>
        {on !== 'visit' && alarm.form === 'visit' && <Link to="/visit/$visit" params={{ visit: alarm.record }} className={css.open}>{t('alarm.open')}</Link>}
      </div>
      {on !== 'visit' && opening && <p className={css.opening}>{opening}</p>}
      {todo.map((words) => <p key={words.text} className={css.todo}><strong>{t('alarm.do_now')}</strong> {spoken(words)}</p>)}
      {answer && <p className={css.answer}><strong>{t('alarm.said', { person: answer.who.person, time: clock(answer.who.at) })}</strong>{answer.text}</p>}
      {answer && <Unsent record={alarm.record} />}
      {!answer && (alarm.may_answer ? <Answer alarm={alarm} /> : <p className="quiet">{t('alarm.wait')}</p>)}
    </article>
  );
}

/** A draft like any other: there after another page, a lock, a kill. */
function Answer({ alarm }: { alarm: Alarm }) {
  const { sheet, again } = useSheet({ form: 'alarm', about: alarm.record });
  return sheet && <Box key={sheet.opened} sheet={sheet} again={again} alarm={alarm} />;
}

function Box({ sheet, again, alarm: { record, name } }: { sheet: Sheet; again(): void; alarm: Alarm }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const [text, type] = useState(() => String(sheet.value('note') ?? ''));
  const [busy, setBusy] = useState(false);
  async function send() {
    if (busy || text.trim() === '') return;
    setBusy(true);
    try {
      await sheet.flush();
      if (sheet.elsewhere) return;
      const { review, findings } = await call('alarm.answer', { record, text: text.trim(), ...(sheet.draft !== '' && { draft: sheet.draft }) });
      if (review === null) return void message.warning(findings[0] && spoken(findings[0]), 6);
      sheet.end();
      savedNow();
      void message.success(t('alarm.answer_done'), 3);
    } catch (thrown) {
      tell(message, thrown);
    } finally {
      setBusy(false);
    }
  }
  // keys of the page around it (1, Z, T) are letters here
  const keys = (event: KeyboardEvent) => {
    event.stopPropagation();
    if (event.key !== 'Enter' || !event.ctrlKey || composing(event)) return;
    event.preventDefault();
    void send();
  };
  return (
    <>
      <Elsewhere sheet={sheet} again={again} />
      <div className={css.reply}>
        <Input.TextArea value={text} autoSize={{ minRows: 1, maxRows: 5 }} maxLength={500} placeholder={t('alarm.answer_hint')} aria-label={t('alarm.answer_of', { name })} onChange={({ target }) => { type(target.value); sheet.put('note', target.value); }} onBlur={() => void sheet.flush()} onKeyDown={keys} data-testid="alarm-text" />
        <Button type="primary" danger disabled={text.trim() === ''} loading={busy} onClick={() => void send()} data-testid="alarm-answer">{t('alarm.answer')}</Button>
      </div>
    </>
  );
}
