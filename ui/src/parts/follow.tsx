// What a visit left to be done: a line with what, for whom, until when, and the one act there is: 已办, taken back by 还要办.
import { Link } from '@tanstack/react-router';
import { App, Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { announce } from './announce';
import { call, type FollowUp } from '../api';
import { tell } from './fault';
import { savedNow } from './saved';
import { DueTag } from './tags';
import { clock } from './time';

export function FollowLine({ line, named }: { line: FollowUp; /** Where it does not stand beside its note. */ named?: boolean }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const [busy, setBusy] = useState(false);
  async function say(done: boolean) {
    setBusy(true);
    try {
      await call('follow_up.done', { visit: line.visit, row: line.row, done });
      savedNow();
      void announce(message).success(t(done ? 'visit.follow_said' : 'visit.follow_reopened'), 3);
    } catch (thrown) {
      tell(message, thrown);
    } finally {
      setBusy(false);
    }
  }
  return (
    <li className="row" data-testid="follow-up">
      <span className="grow">
        {named && <Link to="/visit/$visit" params={{ visit: line.visit }}><strong>{line.name}</strong></Link>} {line.item}
        {line.done ? <span className="quiet num"> · {t('visit.follow_by', { person: line.done.person, time: clock(line.done.at) })}</span> : line.state ? <> <DueTag due={line.state} /></> : line.due && <span className="quiet num"> · {line.due}</span>}
      </span>
      {line.may_say && <Button size="small" type={line.done ? 'text' : 'default'} loading={busy} onClick={() => void say(line.done === null)} data-testid={`follow-${line.row}`}>{t(line.done ? 'visit.follow_again' : 'visit.follow_done')}</Button>}
    </li>
  );
}
