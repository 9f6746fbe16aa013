// The eye beside a masked number: a reason, then the whole for half a minute. Rust writes down who looked and why.
import { EyeInvisibleOutlined, EyeOutlined } from '@ant-design/icons';
import { App, Button, Input, Popover } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '../../api';
import { tell } from '../../parts/fault';
import { onEnter } from '../../parts/keys';
import { about } from '../../text';
import css from './child.module.css';

const SHOWN_SECONDS = 30;

type Props = { child: string; shownKey: string; name: string; whole: string | undefined; show(text: string | undefined): void };

export function Reveal({ child, shownKey, name, whole, show }: Props) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const [asking, setAsking] = useState(false);
  const [other, setOther] = useState('');
  const reasons = [t('child.reasons.call'), t('child.reasons.check'), t('child.reasons.form'), t('child.reasons.money')];
  async function reveal(reason: string) {
    if (!reason.trim()) return;
    setAsking(false);
    try {
      show((await call('child.reveal', { child, key: shownKey, reason: reason.trim() })).text);
      setOther('');
    } catch (thrown) {
      tell(message, thrown);
    }
  }
  if (whole !== undefined) return <Hide hide={() => show(undefined)} />;
  return (
    <Popover
      open={asking} onOpenChange={setAsking} trigger="click" destroyOnHidden title={t('child.reveal_why', { name })}
      content={(
        <div className={css.reasons}>
          <div className="row">{reasons.map((reason, at) => <Button key={reason} autoFocus={at === 0} onClick={() => void reveal(reason)} data-testid={`reason-${at}`}>{reason}</Button>)}</div>
          <Input value={other} maxLength={100} onChange={(event) => setOther(event.target.value)} onKeyDown={onEnter(() => void reveal(other))} placeholder={t('child.reveal_other')} aria-label={t('child.reveal_other')} />
          <div className="quiet">{t('child.reveal_note')}</div>
        </div>
      )}
    >
      <button type="button" className={css.eye} aria-label={about(t('child.reveal'), name)} title={t('child.reveal')} data-testid={`reveal-${shownKey}`}><EyeOutlined /></button>
    </Popover>
  );
}

function Hide({ hide }: { hide(): void }) {
  const { t } = useTranslation();
  const [left, setLeft] = useState(SHOWN_SECONDS);
  useEffect(() => {
    // by the clock: a laptop may have slept
    const until = Date.now() + SHOWN_SECONDS * 1000;
    const timer = setInterval(() => {
      const rest = Math.ceil((until - Date.now()) / 1000);
      if (rest <= 0) hide();
      else setLeft(rest);
    }, 500);
    return () => clearInterval(timer);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the half minute begins once
  }, []);
  return <button type="button" className={css.eye} onClick={hide} aria-label={t('child.hide')} title={t('child.seconds', { n: left })}><EyeInvisibleOutlined /><span className="num">{left}</span></button>;
}
