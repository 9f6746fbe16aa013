// 补录纸质走访: sheet after sheet from paper, with Enter and digits; each is a draft from its first key, and what stood on the last one is proposed.
import { CheckCircleFilled } from '@ant-design/icons';
import { Link } from '@tanstack/react-router';
import { App } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call, type Value } from '../../api';
import { tell } from '../../parts/fault';
import { Waiting } from '../../parts/standing';
import { useForm, Writing } from './form';
import { Pick } from './Pick';
import { Row } from './Row';
import { Sheet } from '../../parts/sheet';
import { isDay } from '../../parts/time';
import { classes } from '../../style/classes';
import css from './visit.module.css';

/** What the next paper very likely has, too: the day, and how. */
const KEPT = ['visit_at', 'mode'] as const;

type Copied = { visit: string; name: string; day: string };

export default function Paper() {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const { ready } = useForm();
  const [sheet, setSheet] = useState<Sheet | null>(null);
  const [kept, setKept] = useState<Partial<Record<string, Value>>>({});
  const [copied, setCopied] = useState<Copied[]>([]);
  const [busy, setBusy] = useState(false);

  async function begin(child: string) {
    if (busy) return;
    setBusy(true);
    try {
      const next = new Sheet(await call('visit.begin', { children: [child] }));
      for (const key of KEPT) if (kept[key] !== undefined) next.put(key, kept[key]);
      setSheet(next);
    } catch (thrown) {
      tell(message, thrown);
    } finally {
      setBusy(false);
    }
  }

  const done = (of: Sheet, name: string, visits: string[]) => {
    // the hour stands on each sheet anew; the day may still stand as it was typed
    const [day = ''] = String(of.values.visit_at ?? '').split('T');
    setKept({ visit_at: day, mode: of.values.mode });
    setCopied((before) => [...visits.map((visit) => ({ visit, name, day: isDay(day) ? day.slice(5) : day })), ...before]);
    setSheet(null);
  };

  if (!ready) return <Waiting />;
  return (
    <div className={css.paper} data-testid="paper-page">
      <div className={classes(css.writeHead, css.paperHead)}>
        <h1 className="grow">{t('visit.paper')}</h1>
        {copied.length > 0 && <span className="tag pine num" role="status"><CheckCircleFilled aria-hidden /> {t('visit.paper_done', { n: copied.length })}</span>}
      </div>
      <p className="quiet">{t('visit.paper_hint')}</p>
      <section className={classes('panel', css.paperSheet)}>
        {sheet === null ? <Pick pick={(child) => void begin(child)} /> : (
          <Writing.Provider value={sheet}>
            <Row key={sheet.draft} sheet={sheet} done={(name, visits) => done(sheet, name, visits)} left={() => setSheet(null)} />
          </Writing.Provider>
        )}
      </section>
      {copied.length > 0 && (
        <ul className={classes('panel', css.lines, css.paperCopied)}>
          {copied.map(({ visit, name, day }) => (
            <li key={visit}><Link to="/visit/$visit" params={{ visit }} className={css.lineRow}><span className={classes('num', css.lineDay)}>{day}</span><strong>{name}</strong><span className="grow" /><span className="quiet">{t('visit.finished')}</span></Link></li>
          ))}
        </ul>
      )}
    </div>
  );
}
