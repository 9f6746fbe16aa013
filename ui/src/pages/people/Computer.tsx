// One computer: how to tell it on the telephone, when it was last heard of, and stopping it when it is lost.
import { LaptopOutlined } from '@ant-design/icons';
import { App, Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { call, type DeviceLine } from '../../api';
import { Digits } from '../../parts/Digits';
import { tell } from '../../parts/fault';
import { announce } from '../../parts/announce';
import { savedNow } from '../../parts/saved';
import { clock, dayOf } from '../../parts/time';
import { dayWords } from '../today/day';
import { classes } from '../../style/classes';
import css from './people.module.css';

export function Computer({ device, person }: { device: DeviceLine; person: string }) {
  const { t } = useTranslation();
  const { label, enrolled, last_contact: contact, digits, stopped, mine, may_stop: may } = device;
  const times = [
    enrolled !== null && t('people.enrolled', { day: dayWords(dayOf(enrolled)) }),
    contact === null ? t('people.never') : t('dayend.contact', { time: clock(contact) }),
  ].filter(Boolean);
  return (
    <li className={classes(css.computer, stopped && css.stoppedOne)} data-testid="computer">
      <LaptopOutlined className={css.computerIcon} aria-hidden />
      <div className={css.computerName}>
        <div>{label} {mine && <span className="tag pine">{t('parts.this_computer')}</span>}</div>
        <div className="quiet num">{times.join(' · ')}</div>
      </div>
      <span className={css.computerTold}>{stopped ? <span className="tag">{t('people.stopped')}</span> : <Digits of={digits} />}</span>
      <span className={css.computerDo}>{may && <Stop device={device} person={person} />}</span>
    </li>
  );
}

/** Asked once, plainly: there is no way back. */
function Stop({ device: { device, label }, person }: { device: DeviceLine; person: string }) {
  const { t } = useTranslation();
  const { modal, message } = App.useApp();
  async function stop() {
    try {
      await call('roster.revoke', { device });
      savedNow();
      void announce(message).success(t('people.stop_done', { label }), 6);
    } catch (thrown) {
      tell(message, thrown);
    }
  }
  const ask = () => void modal.confirm({
    centered: true, icon: null, width: '32em', title: t('people.stop_ask', { label: label.includes(person) ? label : `${person} · ${label}` }),
    content: <><p className={css.stopWords}>{t('people.stop_what')}</p><p className={css.stopWords}>{t('people.stop_ever')}</p></>,
    okText: t('people.stop_yes'), okButtonProps: { danger: true, 'data-testid': 'stop-yes' }, cancelText: t('people.stop_no'), focusable: { autoFocusButton: 'cancel' }, onOk: stop,
  });
  return <Button onClick={ask} aria-label={t('people.stop_of', { label })} data-testid={`stop-${device}`}>{t('people.stop')}</Button>;
}
