// Every computer in one of three plain lists, never folded: not in touch, handed in, in touch with nothing written.
import { CheckOutlined, WarningFilled } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import type { Director } from '../../api';
import { Empty } from '../../parts/standing';
import { clock } from '../../parts/time';
import { listed, spoken } from '../../text';
import { asksSomething } from './asks';
import { classes } from '../../style/classes';
import css from './dayend.module.css';

/** So many missing numbers are named. */
const NUMBERS = 8;

/** In which order; whoever was not in touch is to be rung up. */
const LISTS = ['not', 'handed_in', 'quiet'] as const;

export function Directors({ all, today }: { all: Director[]; today: boolean }) {
  const { t } = useTranslation();
  const title = { not: t(today ? 'dayend.not_today' : 'dayend.not_since'), handed_in: t('dayend.handed_in'), quiet: t('dayend.quiet') };
  return (
    <section className={classes('panel', css.dayendPart, css.dayendDirectors)} aria-label={t('dayend.directors')}>
      <h2>{t('dayend.directors')}</h2>
      {all.length === 0 && <Empty title={t('dayend.no_directors')} hint={t('dayend.no_directors_hint')} />}
      {LISTS.map((list) => <List key={list} title={title[list]} of={all.filter((one) => one.in_touch === list)} today={today} list={list} />)}
    </section>
  );
}

function List({ title, of, today, list }: { title: string; of: Director[]; today: boolean; list: string }) {
  if (of.length === 0) return null;
  const lines = [...of.filter(asksSomething), ...of.filter((one) => !asksSomething(one))];
  return (
    <>
      <h3 className={css.directorList}>{title} <span className="quiet num">{of.length}</span></h3>
      <ul data-testid={`directors-${list}`}>{lines.map((director) => <Line key={director.person + director.device} director={director} today={today} />)}</ul>
    </>
  );
}

function Line({ director, today }: { director: Director; today: boolean }) {
  const { t } = useTranslation();
  const { name, other, unit, label, device, why, in_touch: touch, last_contact: contact, made, received, missing, missing_earlier: earlier, waiting, held } = director;
  const asks = asksSomething(director) || touch === 'not';
  const numbers = listed(missing.slice(0, NUMBERS).map(String)) + (missing.length > NUMBERS ? t('dayend.missing_more', { n: missing.length - NUMBERS }) : '');
  const when = device !== null && contact !== null && t('dayend.contact', { time: clock(contact) });
  return (
    <li className={classes(css.director, asks && css.asks)} data-testid="director-line">
      <div className={css.directorTop}>
        <strong>{name}</strong>
        {other && <span className="tag">{spoken(other.title)}{other.ended && t('dayend.ended')}</span>}
        <span className="quiet clip grow" title={[unit, label].filter(Boolean).join(' · ')}>{unit}{device !== null && label && !label.startsWith(name) && ` · ${label}`}</span>
        {made > 0 && <span className={classes('num', css.directorMade)}>{today ? t('dayend.made', { n: made }) : t('dayend.made_of', { n: made })}</span>}
        {made > 0 && <span className={`tag num ${received < made ? 'amber' : 'pine'}`}>{received < made ? <WarningFilled aria-hidden /> : <CheckOutlined aria-hidden />}{t('dayend.received', { n: received })}</span>}
      </div>
      <div className={classes('quiet num', css.directorContact)}>{[why && spoken(why), when].filter(Boolean).join(' · ')}</div>
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
