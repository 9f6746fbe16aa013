// What is to be dealt with besides visits: what came back, what was begun, what differs, what is held.
import { BellOutlined, BranchesOutlined, CalendarOutlined, CloudUploadOutlined, EditOutlined, EyeOutlined, FormOutlined, InboxOutlined, RollbackOutlined, RightOutlined } from '@ant-design/icons';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useAnswer, type DraftLine, type Fault, type SyncState, type Today } from '../../api';
import { FollowLine } from '../../parts/follow';
import { placeOf } from '../../parts/drafts';
import { clock } from '../../parts/time';
import { listed, spoken } from '../../text';
import { dayWords } from './day';
import { gone } from './Gone';
import { classes } from '../../style/classes';
import css from './today.module.css';

/** So many of one kind; more stand behind a line. */
const LINES = 3;

export function Aside({ lines }: { lines: ReactNode[] }) {
  const { t } = useTranslation();
  return (
    <aside id="today-todo" aria-label={t('today.todo')} data-testid="today-todo">
      <div className={css.todayTitle}><h2>{t('today.todo')}</h2></div>
      <div className={classes('panel', css.todayTodo)}>
        {lines.length > 0 ? lines : <p className="quiet">{t('today.todo_none')}</p>}
      </div>
    </aside>
  );
}

/** Each line leads to where it is dealt with; what asks most stands first. Without `today` the rest still stands. */
export function useTodo(today: Today | null): ReactNode[] {
  const { t } = useTranslation();
  const me = useAnswer('me', {});
  const sync = useAnswer('sync.state', {});
  const drafts = useAnswer('draft.list', {});
  const shell = useAnswer('shell.state', {});
  const station = me.data?.station ?? false;
  return [
    failed(sync.error),
    ...(sync.data ? kept(sync.data, station, t) : []),
    ...(today ? gone(today.departed) : []),
    ...(today ? told(today, station, t) : []),
    ...(today ? followUps(today, t) : []),
    ...(today ? first(today, t) : []),
    failed(drafts.error),
    ...begun(drafts.data ?? [], t),
    ...(today ? unmet(today, t) : []),
    sync.data && !shell.data?.practice && waits(sync.data, t),
  ].filter(Boolean);
}

type T = ReturnType<typeof useTranslation>['t'];

const failed = (fault: Fault | null) => fault && <p key={`failed ${fault.text}`} className="finding red" role="alert">{spoken(fault)}</p>;

function kept({ restoring, held, returned: back }: SyncState, station: boolean, t: T): ReactNode[] {
  return [
    restoring && <Todo key="restoring" icon={<BellOutlined />} tone="amber" to="/settings" title={t(station ? 'today.restoring_station' : 'today.restoring')} />,
    held.length > 0 && <Todo key="held" icon={<InboxOutlined />} tone="amber" to="/settings" title={t('today.held', { n: held.length })} more={t('today.held_more')} />,
    back.length > 0 && <Todo key="sent-back" icon={<InboxOutlined />} tone="amber" to="/settings" title={t('held.back', { n: back.length })} more={t('held.back_todo')} />,
  ];
}

function told(today: Today, station: boolean, t: T): ReactNode[] {
  return [
    ...returned(today, station, t),
    today.unread > 0 && <Todo key="unread" icon={<EyeOutlined />} tone="pine" to="/dayend" search={today.unread_since ? { day: today.unread_since } : {}}
      title={t('today.unread', { n: today.unread })} more={today.unread_since ? t('today.unread_more', { day: dayWords(today.unread_since) }) : ''} testid="todo-unread" />,
    ...differing(today, station, t),
  ];
}

/** What a first day asks for, and is not seen in any one child: levels to be assessed, many visits on one day. */
const first = ({ unassessed, crowded }: Today, t: T): ReactNode[] => [
  unassessed > 0 && <Todo key="unassessed" icon={<FormOutlined />} tone="blue" to="/children" search={{ unassessed: true }} title={t('today.unassessed', { n: unassessed })} more={t('today.unassessed_more')} testid="todo-unassessed" />,
  crowded && <Todo key="crowded" icon={<CalendarOutlined />} tone="blue" to="/children" search={{ due_on: crowded.day }} title={t('today.crowded', { n: crowded.children, day: dayWords(crowded.day) })} more={t('today.crowded_more')} testid="todo-crowded" />,
];

const unmet = (today: Today, t: T): ReactNode[] =>
  today.unmet.slice(0, LINES).map((card) => (
    <Todo key={card.child} icon={<BellOutlined />} tone="amber" to="/child/$child" params={{ child: card.child }} title={t('today.unmet_of', { name: card.name, n: card.unmet })} more={t('today.unmet_more')} />
  ));

/** Photographs count as in the status line. */
function waits({ waiting, files_waiting: photos }: SyncState, t: T): ReactNode {
  const n = waiting + photos;
  return n > 0 && <Todo key="waiting" icon={<CloudUploadOutlined />} to="/settings" title={t('words.waiting', { n })} />;
}

/** A director first sees what she must supplement, a station what was supplemented since. */
function returned(today: Today, station: boolean, t: T): ReactNode[] {
  const mine = (standing: string) => (standing === 'returned') !== station;
  const lines = today.returned.filter((note) => mine(note.standing));
  const rest = today.returned.length - lines.length;
  return [
    ...lines.slice(0, LINES).map((note) => (
      <Todo key={note.record} icon={<RollbackOutlined />} tone="amber" to="/visit/$visit" params={{ visit: note.record }}
        title={t(station ? 'today.supplemented' : 'today.returned', { name: note.name, day: dayWords(note.visit_at) })} more={note.asked} />
    )),
    lines.length > LINES && <Todo key="returned-more" icon={<RollbackOutlined />} to="/visits" title={t('today.returned_more', { n: lines.length - LINES })} />,
    rest > 0 && <Todo key="returned-rest" icon={<RollbackOutlined />} to="/visits" title={t(station ? 'today.returned_wait' : 'today.supplemented_wait', { n: rest })} />,
  ];
}

function differing(today: Today, station: boolean, t: T): ReactNode[] {
  const { differing: all } = today;
  if (station && all.length > 0) return [<Todo key="differing" icon={<BranchesOutlined />} tone="amber" to="/dayend" title={t('today.differing', { n: all.length })} more={t('today.differing_choose')} />];
  return [
    ...all.slice(0, LINES).map((one) => (
      <Todo key={one.record + one.key} icon={<BranchesOutlined />} to="/child/$child" params={{ child: one.child }} title={t('today.differs', { name: one.name })} more={`${spoken(one.label)} · ${t('today.differing_wait')}`} />
    )),
    all.length > LINES && <Todo key="differing-more" icon={<BranchesOutlined />} to="/children" search={{ differs: true }} title={t('today.differing', { n: all.length })} />,
  ];
}

/** What visits left to be done; ten at most, the rest is counted. */
function followUps({ follow_ups: all, follow_ups_total: total }: Today, t: T): ReactNode[] {
  if (all.length === 0) return [];
  return [
    <div key="follow" className="stack" role="group" aria-label={t('visit.follow')} data-testid="follow-ups">
      <strong>{t('visit.follow')}</strong>
      <ul className="stack">{all.map((one) => <FollowLine key={one.visit + one.row} line={one} named />)}</ul>
      {total > all.length && <span className="quiet">{t('today.follow_more', { n: total - all.length })}</span>}
    </div>,
  ];
}

function begun(all: DraftLine[], t: T): ReactNode[] {
  return [
    ...all.slice(0, LINES).map((draft) => (
      <Todo key={draft.draft} icon={<EditOutlined />} tone="blue" {...placeOf(draft)}
        title={t(draft.form === 'visit' ? 'today.draft' : 'today.draft_of', { form: t(`parts.draft.of.${draft.form}`, { defaultValue: draft.form }), names: listed(draft.names) || t('visit.nameless') })} more={`${clock(draft.saved)} ${draft.opening}`} testid={`draft-${draft.draft}`} />
    )),
    all.length > LINES && <Todo key="drafts-more" icon={<EditOutlined />} to="/visits" title={t('today.drafts_more', { n: all.length - LINES })} />,
  ];
}

type Where = { to: string; params?: Record<string, string>; search?: Record<string, unknown> };
type TodoProps = Where & { icon: ReactNode; tone?: 'amber' | 'pine' | 'blue'; title: string; more?: string; testid?: string };

function Todo({ icon, tone, title, more, testid, ...where }: TodoProps) {
  return (
    <Link {...(where as { to: '/' })} className={css.todo} data-testid={testid}>
      <span className={classes(css.todoIcon, tone)}>{icon}</span>
      <span className="grow">
        <span className={css.todoTitle}>{title}</span>
        {more && <span className={classes('quiet', css.todoMore)} title={more}>{more}</span>}
      </span>
      <RightOutlined className={css.todoGo} />
    </Link>
  );
}
