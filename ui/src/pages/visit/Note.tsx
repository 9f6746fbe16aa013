// A finished note: read like a page; what was added later stands below. The text itself never changes.
import { Link, useParams } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useAnswer, type Section, type Shown, type VisitNote } from '../../api';
import { useLook } from '../../look';
import { AlarmTag } from '../../parts/alarm/AlarmTag';
import { Alarms } from '../../parts/alarm/Alarms';
import { TABLES, useCoded, useSaid } from '../../parts/coded';
import { useAdding } from '../../parts/photos/adding';
import { FollowLine } from '../../parts/follow';
import { Photos } from '../../parts/photos/Photos';
import { Trouble, Waiting } from '../../parts/standing';
import { RiskTag } from '../../parts/tags';
import { clock } from '../../parts/time';
import { listed } from '../../text';
import { Add } from './Add';
import { StandingTag } from './Visits';
import { classes } from '../../style/classes';
import css from './visit.module.css';

export default function Note() {
  const { visit } = useParams({ strict: false }) as { visit: string };
  const note = useAnswer('visit.open', { visit });
  if (note.error) return <Trouble fault={note.error} again={() => void note.refetch()} />;
  return note.data ? <Page note={note.data} /> : <Waiting />;
}

function Page({ note }: { note: VisitNote }) {
  const { t } = useTranslation();
  const coded = useCoded();
  const { line, card, sections, remarks, follow_ups, siblings, alarm } = note;
  return (
    <article className={css.note} data-testid="note">
      <header className={css.noteHead}>
        <h1>{t('visit.of', { name: card.name })}</h1>
        <AlarmTag mark={line.alarm} />
        <StandingTag standing={line.standing} />
        <RiskTag risk={card.risk} />
        <span className="grow" />
        <Link to="/child/$child" params={{ child: card.child }} className={classes(css.go, css.soft)}>{t('visit.open_file')}</Link>
      </header>
      <p className="quiet num">{line.visit_at.slice(0, 10)} {line.visit_at.slice(11, 16)} · {coded(TABLES.mode, line.mode)} · {t('visit.by', { person: line.who.person, time: clock(line.who.at) })}{line.taken && ` · ${t('held.taken_by', { person: line.taken.person })}`}{siblings.map(({ visit, name }) => <span key={visit}> · <Link to="/visit/$visit" params={{ visit }}>{t('visit.same_visit', { name })}</Link></span>)}</p>
      {alarm && <Alarms all={[alarm]} on="visit" />}
      <div className={css.noteBody}>
        <div className="stack">{[...sections].sort((a, b) => ORDER.indexOf(a.group) - ORDER.indexOf(b.group)).map((section) => <Part key={section.group} section={section} />)}<Pictures line={line} /></div>
        <aside className="panel stack">
          {follow_ups.length > 0 && <><h2>{t('visit.follow')}</h2><ul className="stack">{follow_ups.map((one) => <FollowLine key={one.row} line={one} />)}</ul></>}
          <h2>{t('visit.later')}</h2>
          {remarks.length === 0 && <p className={classes('quiet', css.listNone)}>{t('visit.no_later')}</p>}
          {remarks.length > 0 && <ol className={css.remarks}>
            {remarks.map((remark) => (
              <li key={remark.record} className={remark.verdict?.code === '2' ? 'amber' : ''}>
                <div className="quiet num">{remark.who.person} · {clock(remark.who.at)}</div>
                <div>{remark.verdict && <strong>{coded(TABLES.verdict, remark.verdict)}</strong>}{remark.verdict && remark.text && ' · '}{remark.text}</div>
              </li>
            ))}
          </ol>}
          <Add line={note.line} siblings={siblings} />
        </aside>
      </div>
    </article>
  );
}

/** What was photographed; who wrote the note may add what was still on the telephone. */
function Pictures({ line: { record, child, may } }: { line: VisitNote['line'] }) {
  const { t } = useTranslation();
  const files = useAnswer('file.of', { about: record });
  const adding = useAdding(record);
  const place = useMemo(() => ({ child, about: record }), [child, record]);
  if (!may.includes('photograph') && (files.data ?? []).length + adding.length === 0) return null;
  return <section className="panel"><Photos place={place} field="attach" label={t('photos.title')} hint={may.includes('photograph') && t('photos.lasting_note')} may={may.includes('photograph')} /></section>;
}

/** The story first, then the aspects, then when and how. */
const ORDER = ['C', 'B', 'A', 'D'];

/** What somebody filled in; the long texts first, as they are read. */
function Part({ section }: { section: Section }) {
  const { t } = useTranslation();
  const { look } = useLook();
  const coded = useCoded();
  const value = useSaid();
  const filled = section.fields.filter((field) => field.cell?.text || field.members.length > 0 || field.rows.length > 0);
  if (filled.length === 0) return null;
  const label = (field: Shown) => (look.language === 'zh' ? field.title : field.en);
  const said = (field: Shown) => value(field) || listed(field.members.map(({ code }) => coded(field.code, code))) || field.rows.map((row) => row.fields.map(({ cell }) => cell?.text).filter(Boolean).join(' · ')).join(' / ');
  const long = filled.filter(({ kind }) => kind === 'long_text');
  const short = filled.filter(({ kind }) => kind !== 'long_text');
  return (
    <section className="panel stack">
      <h2>{t(`visit.group.${section.group}`, { defaultValue: section.group })}</h2>
      {long.sort((a) => (a.key === 'note' ? -1 : 1)).map((field) => <div key={field.key}><div className={css.fieldLabel}>{label(field)}</div><p className={css.noteText}>{said(field)}</p></div>)}
      <dl className={css.pairs}>{short.map((field) => <div key={field.key}><dt>{label(field)}</dt><dd>{said(field)}</dd></div>)}</dl>
    </section>
  );
}
