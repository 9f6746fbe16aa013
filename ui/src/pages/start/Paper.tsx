// The recovery code, to be written down. The last group typed again shows that it was.
import { CheckOutlined, CopyOutlined } from '@ant-design/icons';
import { Button, Input } from 'antd';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { startTour } from '../../tour';
import { groups, isLast, putAway } from './shown';
import { classes } from '../../style/classes';
import lock from '../../parts/lock.module.css';
import css from './start.module.css';

export function Paper({ code, first }: { code: string; first: boolean }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const [wrong, setWrong] = useState(false);
  function submit(event: FormEvent) {
    event.preventDefault();
    if (!isLast(code, typed)) return setWrong(true);
    if (first) startTour();
    putAway();
  }
  return (
    <form className="stack" onSubmit={submit} noValidate>
      <div>
        <h1>{t('start.paper')}</h1>
        <p>{t('start.paper_hint')}</p>
      </div>
      <div className={classes('num', css.startCode)} data-testid="recovery" aria-label={code}>{groups(code).map((group, n) => <span key={n}>{group}</span>)}</div>
      <div className="row">
        <p className="quiet grow">{t('start.paper_why')}</p>
        <Copy text={code} />
      </div>
      <div className={lock.field}>
        <label htmlFor="last">{t('start.last')}</label>
        <Input id="last" className="num" style={{ maxWidth: '12em' }} value={typed} onChange={(e) => { setTyped(e.target.value); setWrong(false); }} autoComplete="off" spellCheck={false} aria-invalid={wrong} data-testid="field-last" />
        {wrong && <p className={classes('amber', lock.note)} role="alert" data-testid="want">{t('start.last_wrong')}</p>}
      </div>
      <div className={lock.foot}><Button type="primary" size="large" htmlType="submit" data-testid="kept">{first ? t('start.kept_first') : t('start.kept')}</Button></div>
    </form>
  );
}

function Copy({ text }: { text: string }) {
  const { t } = useTranslation();
  const [copied, setCopied] = useState(false);
  if (!('clipboard' in navigator)) return null;
  const copy = () => void navigator.clipboard.writeText(text).then(() => setCopied(true), () => setCopied(false));
  return <Button icon={copied ? <CheckOutlined /> : <CopyOutlined />} onClick={copy} data-testid="copy">{copied ? t('words.copied') : t('words.copy')}</Button>;
}
