// A line a director and computer: calm when all is here, in words what to do when not. Whoever asks something stands first.
import { CheckOutlined, WarningFilled } from '@ant-design/icons';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Director } from '../../api';
import { Empty } from '../../parts/standing';
import { clock } from '../../parts/time';
import { listed, spoken } from '../../text';
import { asksSomething } from './asks';
import { classes } from '../../style/classes';
import css from './dayend.module.css';

/** So many of those with nothing to do are shown without asking. */
const FINE = 8;
/** So many missing numbers are named. */
const NUMBERS = 8;

export function Directors({ all, today }: { all: Director[]; today: boolean }) {
  const { t } = useTranslation();
  const asking = all.filter(asksSomething);
  const fine = all.filter((director) => !asksSomething(director));
  const [open, setOpen] = useState(false);
  return (
    <section className={classes('panel', css.dayendPart, css.dayendDirectors)} aria-label={t('dayend.directors')}>
      <h2>{t('dayend.directors')}</h2>
      {all.length === 0 && <Empty title={t('dayend.no_directors')} hint={t('dayend.no_directors_hint')} />}
      <ul>{asking.map((director) => <Line key={director.person + director.device} director={director} today={today} />)}</ul>
      {fine.length > FINE && (
        <button type="button" className={css.dayendFold} aria-expanded={open} onClick={() => setOpen(!open)}><CheckOutlined aria-hidden /> {t('dayend.fine', { n: new Set(fine.map(({ person }) => person)).size })}</button>
      )}
      {(open || fine.length <= FINE) && <ul>{fine.map((director) => <Line key={director.person + director.device} director={director} today={today} />)}</ul>}
    </section>
  );
}

function Line({ director, today }: { director: Director; today: boolean }) {
  const { t } = useTranslation();
  const { name, other, unit, label, device, last_contact: contact, made, received, missing, missing_earlier: earlier, waiting, held } = director;
  const asks = asksSomething(director);
  const numbers = listed(missing.slice(0, NUMBERS).map(String)) + (missing.length > NUMBERS ? t('dayend.missing_more', { n: missing.length - NUMBERS }) : '');
  return (
    <li className={classes(css.director, asks && css.asks)} data-testid="director-line">
      <div className={css.directorTop}>
        <strong>{name}</strong>
        {other && <span className="tag">{spoken(other.title)}{other.ended && t('dayend.ended')}</span>}
        <span className="quiet clip grow" title={[unit, label].filter(Boolean).join(' · ')}>{unit}{device !== null && label && !label.startsWith(name) && ` · ${label}`}</span>
        <span className={classes('num', css.directorMade)}>{today ? t('dayend.made', { n: made }) : t('dayend.made_of', { n: made })}</span>
        {made > 0 && <span className={`tag num ${received < made ? 'amber' : 'pine'}`}>{received < made ? <WarningFilled aria-hidden /> : <CheckOutlined aria-hidden />}{t('dayend.received', { n: received })}</span>}
      </div>
      <div className={classes('quiet num', css.directorContact)}>{device === null ? t('people.no_computer') : contact === null ? t('dayend.never') : t('dayend.contact', { time: clock(contact) })}</div>
      {missing.length > 0 && <Asks>{t('dayend.missing', { numbers })}</Asks>}
      {earlier > 0 && <Asks>{t('dayend.missing_earlier', { n: earlier })}</Asks>}
      {waiting > 0 && <Asks>{t('dayend.waiting', { n: waiting })}</Asks>}
      {held > 0 && <Asks>{t('dayend.held', { n: held })}</Asks>}
    </li>
  );
}

function Asks({ children }: { children: string }) {
  return <div className={css.directorAsks}><WarningFilled aria-hidden /> {children}</div>;
}
