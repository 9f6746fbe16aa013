// What two people wrote under one field, side by side: the value, who, when, on which computer, and the button that takes it.
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Saying } from '../api';
import { clock } from './time';
import './sayings.css';

export function Sayings({ said, may, busy, pick, keys }: { said: Saying[]; may: boolean; busy: boolean; pick(said: Saying): void; /** Shows the digit that takes it. */ keys?: boolean }) {
  const { t } = useTranslation();
  return (
    <div className={keys ? 'sayings keys' : 'sayings'}>
      {said.map((one, at) => (
        <div className="saying" key={one.change}>
          <div className="saying-text">{one.text || t('parts.nothing_written')}</div>
          <div className="quiet">{one.who.person} · {one.who.own ? t('parts.this_computer') : one.who.device} · <span className="num">{clock(one.who.at)}</span></div>
          {may && (
            <Button size={keys ? 'middle' : 'small'} disabled={busy} onClick={() => pick(one)} aria-label={`${t('parts.take')}：${one.text}`} data-testid={`pick-${at}`}>
              {keys && <kbd className="key">{at + 1}</kbd>}{t('parts.take')}
            </Button>
          )}
        </div>
      ))}
    </div>
  );
}
