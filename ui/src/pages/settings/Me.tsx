// Who works here and on which device.
import { useTranslation } from 'react-i18next';
import { useAnswer } from '../../api';
import { Digits } from '../../parts/Digits';
import { Trouble } from '../../parts/standing';
import { dayOf } from '../../parts/time';
import { spoken } from '../../text';
import { Panel, Setting } from './rows';
import { classes } from '../../style/classes';
import css from './settings.module.css';

export function Me() {
  const { t } = useTranslation();
  const me = useAnswer('me', {});
  const sync = useAnswer('sync.state', {});
  const people = useAnswer('roster.people', {});
  const here = people.error ? undefined : people.data?.flatMap(({ devices }) => devices).find(({ mine }) => mine);
  if (me.error) return <Trouble part fault={me.error} />;
  const lease = sync.data?.lease ?? null;
  return (
    <Panel title={t('settings.me')} testid="settings-me">
      <p className={css.settingsName}>{me.data?.name} <span className="quiet">{me.data?.district}</span></p>
      {me.data?.posts.map((post) => <Setting key={post.post} name={spoken(post.title)} hint={post.unit} />)}
      <Setting name={t('settings.device')} hint={me.data?.label}>{here && <Digits of={here.digits} />}</Setting>
      {sync.data?.revoked && <p className={classes(css.settingsNote, 'amber')} role="status" data-testid="settings-stopped">{t('words.stopped')} {t('words.stopped_more')}</p>}
      {!sync.data?.revoked && <Setting name={t('settings.lease')} hint={lease === null ? t('settings.lease_none') : t('settings.lease_until', { day: dayOf(lease) })} />}
    </Panel>
  );
}
