// What waits to be sent, what the centre did not take and why.
import { SyncOutlined } from '@ant-design/icons';
import { Link } from '@tanstack/react-router';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { useAnswer, type Held } from '../../api';
import { useSyncing } from '../../parts/syncing';
import { clock } from '../../parts/time';
import { spoken } from '../../text';
import { Panel, Setting } from './rows';
import { Address } from './Address';
import { SentBack } from './SentBack';
import { classes } from '../../style/classes';
import css from './settings.module.css';

export function Sync() {
  const { t } = useTranslation();
  const shell = useAnswer('shell.state', {});
  const me = useAnswer('me', {});
  const { state, busy, trouble, waiting, last, now } = useSyncing();
  if (shell.data?.practice) return <Panel title={t('settings.sync')} testid="settings-sync"><p className={css.settingsNote}>{t('words.practising')}</p></Panel>;
  return (
    <Panel title={t('settings.sync')} testid="settings-sync">
      <Setting name={waiting > 0 ? t('words.waiting', { n: waiting }) : t('words.nothing_waiting')} hint={last}>
        <Button type="primary" icon={<SyncOutlined />} loading={busy} onClick={now} data-testid="settings-sync-now">{t('words.sync_now')}</Button>
      </Setting>
      <Address moved={now} />
      {trouble && <p className={css.settingsNote} role="status" data-testid="settings-trouble">{spoken(trouble)}</p>}
      {state && <p className={classes('quiet num', css.settingsLadder)}>{t(state.backed_up > 0 ? 'settings.ladder_kept' : 'settings.ladder', { received: state.received + state.backed_up, backed_up: state.backed_up })}</p>}
      {state?.restoring && <p className={classes('amber', css.settingsNote)}>{t(me.data?.station ? 'today.restoring_station' : 'today.restoring')}</p>}
      {state && state.held.length > 0 && (
        <div data-testid="settings-held">
          <h3>{t('settings.held', { n: state.held.length })}</h3>
          <p className="quiet">{t('settings.held_hint')}</p>
          <ul className={css.settingsHeld}>{state.held.map((held, n) => <li key={`${held.record}-${held.at}-${n}`}><HeldOne held={held} /></li>)}</ul>
        </div>
      )}
      {state && <SentBack all={state.returned} />}
    </Panel>
  );
}

function HeldOne({ held }: { held: Held }) {
  const { t } = useTranslation();
  return (
    <details>
      <summary>
        <span>{spoken(held.form)}{held.name && ` · ${held.name}`} <span className="quiet num">{clock(held.at)}</span></span>
        <span className={css.settingsWhy}>{spoken(held.why)}</span>
      </summary>
      <div className={css.settingsWritten}>
        {held.written.map((line, n) => <div key={n}>{spoken(line)}</div>)}
        {held.child && <Link to="/child/$child" params={{ child: held.child }}>{t('settings.open_file')}</Link>}
      </div>
    </details>
  );
}
