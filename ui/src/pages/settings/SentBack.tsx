// Own work that a station did not put into the file, and why.
import { useTranslation } from 'react-i18next';
import type { SentBack as One } from '../../api';
import { clock } from '../../parts/time';
import { spoken } from '../../text';
import css from './settings.module.css';

export function SentBack({ all }: { all: One[] }) {
  const { t } = useTranslation();
  if (all.length === 0) return null;
  return (
    <div data-testid="settings-sent-back">
      <h3>{t('held.back', { n: all.length })}</h3>
      <p className="quiet">{t('held.back_hint')}</p>
      <ul className={css.settingsHeld}>
        {all.map((one, n) => (
          <li key={`${one.at}-${one.who.at}-${n}`}>
            <div>{spoken(one.form)}{one.name && ` · ${one.name}`} <span className="quiet num">{clock(one.at)}</span></div>
            <div className={css.settingsWhy}>{t('held.back_one', { person: one.who.person, time: clock(one.who.at), reason: one.reason })}</div>
          </li>
        ))}
      </ul>
    </div>
  );
}
