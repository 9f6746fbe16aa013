// 走访: what is not finished, and what was written last.
import { EditOutlined, FileTextOutlined } from '@ant-design/icons';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useAnswer, type DraftLine, type NamedVisit, type Standing } from '../../api';
import { AlarmTag } from '../../parts/alarm/AlarmTag';
import { HalfAnswer } from '../../parts/alarm/Unsent';
import { TABLES, useCoded } from '../../parts/coded';
import { placeOf } from '../../parts/drafts';
import { Names } from '../../parts/names';
import { Empty, Trouble, Waiting } from '../../parts/standing';
import { clock } from '../../parts/time';
import { listed } from '../../text';
import { classes } from '../../style/classes';
import css from './visit.module.css';

export default function Visits() {
  const { t } = useTranslation();
  const may = useAnswer('me', {}).data?.may ?? [];
  return (
    <>
      <div className="head">
        <h1 className="grow">{t('visit.visits')}</h1>
        {may.includes('visit') && <Link to="/visit/paper" className={classes(css.go, css.soft)} data-testid="paper"><FileTextOutlined aria-hidden /> {t('visit.paper')}</Link>}
      </div>
      <div className="stack">
        <section>
          <h2 className={css.listTitle}>{t('visit.drafts')}</h2>
          <Drafts />
        </section>
        <section>
          <h2 className={css.listTitle}>{t('visit.recent')}</h2>
          <Recent />
        </section>
      </div>
    </>
  );
}

function Drafts() {
  const { t } = useTranslation();
  const drafts = useAnswer('draft.list', {});
  if (drafts.error) return <Trouble part fault={drafts.error} again={() => void drafts.refetch()} />;
  if (!drafts.data) return <Waiting />;
  if (drafts.data.length === 0) return <p className={classes('quiet', css.listNone)}>{t('visit.drafts_none')}</p>;
  return (
    <ul className={classes('panel', css.lines)}>
      {drafts.data.map((line) => <li key={line.draft}><DraftRow line={line} /></li>)}
    </ul>
  );
}

/** An answer to an alarm stands here whole: somebody else may have answered, and its box be gone. */
function DraftRow({ line }: { line: DraftLine }) {
  const { t } = useTranslation();
  const { form, names, opening, saved } = line;
  return (
    <>
      <Link {...(placeOf(line) as { to: '/' })} className={css.lineRow} data-testid="draft">
        <span className={classes('blue', css.lineIcon)}><EditOutlined aria-hidden /></span>
        <strong>{listed(names) || t('visit.nameless')}</strong>
        {form !== 'visit' && <span className="tag">{t(`parts.draft.of.${form}`, { defaultValue: form })}</span>}
        <span className="quiet clip grow">{form !== 'alarm' && (opening || t('visit.empty_draft'))}</span>
        <span className="quiet num">{clock(saved)}</span>
        <span className={css.lineGo}>{t('visit.go_on')}</span>
      </Link>
      {form === 'alarm' && <div className={css.lineKept}><HalfAnswer line={line} /></div>}
    </>
  );
}

function Recent() {
  const { t } = useTranslation();
  const recent = useAnswer('visits.recent', {});
  if (recent.error) return <div className="stack"><Trouble part fault={recent.error} again={() => void recent.refetch()} /><Names /></div>;
  if (!recent.data) return <Waiting />;
  if (recent.data.length === 0) return <div className="panel"><Empty title={t('visit.recent_none')} hint={t('visit.recent_none_hint')} /></div>;
  return <ul className={classes('panel', css.lines)}>{recent.data.map((visit) => <li key={visit.record}><VisitRow visit={visit} /></li>)}</ul>;
}

const LOOK: Record<Standing, string> = { finished: '', read: 'pine', returned: 'amber', supplemented: 'blue' };

export function StandingTag({ standing }: { standing: Standing }) {
  const { t } = useTranslation();
  const words: Record<Standing, string> = { finished: t('visit.finished'), read: t('visit.read'), returned: t('visit.returned'), supplemented: t('visit.supplemented') };
  return <span className={`tag ${LOOK[standing]}`}>{words[standing]}</span>;
}

function VisitRow({ visit }: { visit: NamedVisit }) {
  const { t } = useTranslation();
  const coded = useCoded();
  return (
    <Link to="/visit/$visit" params={{ visit: visit.record }} className={css.lineRow} data-testid="visit-line">
      <span className={classes('num', css.lineDay)}>{visit.visit_at.slice(5, 10)}</span>
      <strong>{visit.name}</strong>
      <span className={classes('quiet', css.lineMode)}>{coded(TABLES.mode, visit.mode)}{!visit.met && ` · ${t('visit.unmet')}`}</span>
      <span className="quiet clip grow">{visit.opening}</span>
      <span className={classes('quiet clip', css.lineWho)}>{visit.who.own ? '' : visit.who.person}</span>
      <AlarmTag mark={visit.alarm} />
      <span className={css.lineTag}><StandingTag standing={visit.standing} /></span>
      <span className={classes('quiet', css.lineSent)}>{visit.received ? t('visit.sent') : t('visit.here')}</span>
    </Link>
  );
}
