// What two people wrote under one field, side by side: the value, who, when, on which computer, and the button that takes it; last, a way to take none of them.
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Saying } from '../api';
import { about } from '../text';
import { clock } from './time';
import { classes } from '../style/classes';
import css from './sayings.module.css';

type Props = {
  said: Saying[];
  may: boolean;
  busy: boolean;
  pick(said: Saying): void;
  /** None of them is right. */
  other?: { word: string; open(): void } | undefined;
  /** Shows the key that does it. */
  keys?: boolean;
};

export function Sayings({ said, may, busy, pick, other, keys }: Props) {
  const { t } = useTranslation();
  return (
    <div className={classes(css.sayings, keys && css.keys)}>
      {said.map((one, at) => (
        <div className={css.saying} key={one.change}>
          <div className={css.sayingText}>{one.text || t('parts.nothing_written')}</div>
          <div className="quiet">{[one.who.own || !one.who.device.startsWith(one.who.person) ? one.who.person : '', one.who.own ? t('parts.this_computer') : one.who.device].filter(Boolean).join(' · ')} · <span className="num">{clock(one.who.at)}</span></div>
          {may && (
            <Button size={keys ? 'middle' : 'small'} disabled={busy} onClick={() => pick(one)} aria-label={about(t('parts.take'), one.text)} data-testid={`pick-${at}`}>
              {keys && <kbd>{at + 1}</kbd>}{t('parts.take')}
            </Button>
          )}
        </div>
      ))}
      {may && other && (
        <div className={classes(css.saying, css.neither)}>
          <div className="quiet">{t('parts.neither')}</div>
          <Button size={keys ? 'middle' : 'small'} disabled={busy} onClick={other.open} data-testid="pick-other">{keys && <kbd>E</kbd>}{other.word}</Button>
        </div>
      )}
    </div>
  );
}
