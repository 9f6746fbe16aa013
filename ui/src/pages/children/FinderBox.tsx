// The box of Ctrl+K: children first, recent ones while nothing is typed, pages after them.
import { CalendarOutlined, CheckSquareOutlined, EditOutlined, FileTextOutlined, IdcardOutlined, SearchOutlined, SettingOutlined, TeamOutlined } from '@ant-design/icons';
import { useNavigate } from '@tanstack/react-router';
import { Modal } from 'antd';
import { Command } from 'cmdk';
import { useRef, useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useAnswer, type Card, type ChildName } from '../../api';
import { useBeginVisit } from '../../parts/begin';
import { AlarmTag } from '../../parts/alarm/AlarmTag';
import { TABLES, useCoded } from '../../parts/coded';
import { composing } from '../../parts/keys';
import { among, useShut, useShutNames } from '../../parts/names';
import { DueTag, RiskTag } from '../../parts/tags';
import { useWhy } from '../../parts/why';
import { spoken } from '../../text';
import { useRecent } from './recent';
import { useSearched } from './searched';
import { classes } from '../../style/classes';
import css from './children.module.css';

const MOST = 12;

export default function FinderBox({ hide }: { hide(): void }) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const { typed, setTyped, composition } = useSearched('', setText);
  const recent = useRecent();
  const found = useAnswer('children.find', { text, most: MOST }, text !== '');
  const all = useAnswer('children.list', {}, text === '' && recent.length > 0);
  const box = useRef<HTMLDivElement>(null);
  const go = useNavigate();
  const { begin } = useBeginVisit();
  const me = useAnswer('me', {});
  const cards = text !== '' ? (found.error ? [] : found.data?.cards ?? []) : all.error ? [] : recent.flatMap((id) => all.data?.cards.find((card) => card.child === id) ?? []);
  const shut = useShut();
  const names = among(useShutNames(), typed).slice(0, MOST);
  const trouble = shut ?? (text !== '' ? found.error : null);
  const pages = usePages(typed.trim());
  // what is lit is ours to say: the library loses it when its line goes away
  const [lit, light] = useState('');
  const lines = [...(shut ? names : cards).map(({ child }) => child), ...pages.map(page)];
  const open = (child: string) => {
    hide();
    void go({ to: '/child/$child', params: { child } });
  };
  const visit = (child: string) => {
    hide();
    void begin([child]);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || composing(event)) return;
    const child = box.current?.querySelector('[cmdk-item][data-selected="true"]')?.getAttribute('data-child');
    if (!child || !(shut ? names : cards.filter(({ may }) => may.includes('visit'))).some((one) => one.child === child)) return;
    event.preventDefault();
    visit(child);
  };
  return (
    <Modal open footer={null} closable={false} onCancel={hide} width="min(44em, calc(100vw - 2em))" style={{ top: '8vh' }} styles={{ header: { display: 'none' }, body: { margin: -8 } }} title={t('children.find.title')}>
      <div ref={box} onKeyDownCapture={onKeyDown}>
        <Command label={t('children.find.title')} shouldFilter={false} value={lines.includes(lit) ? lit : lines[0] ?? ''} onValueChange={light} loop className={css.finder} data-testid="finder">
          <div className={css.finderTop}>
            <SearchOutlined aria-hidden />
            <Command.Input autoFocus value={typed} onValueChange={setTyped} placeholder={t(shut ? 'parts.names_search' : 'children.find.hint')} data-testid="finder-input" {...composition} />
          </div>
          <Command.List>
            {trouble && <p className={shut ? classes('quiet', css.finderNone) : classes('finding red', css.finderNone)} role="alert">{spoken(trouble)}</p>}
            {text !== '' && (shut || (found.data && !found.error)) && lines.length === 0 && <p className={classes('quiet', css.finderNone)}>{t('children.find.none')}</p>}
            {shut && names.length > 0 && <Command.Group heading={t('parts.visit')}>{names.map((one) => <Named key={one.child} one={one} visit={visit} />)}</Command.Group>}
            {!shut && cards.length > 0 && (
              <Command.Group heading={text === '' ? t('children.find.recent') : t('children.find.children')}>
                {cards.map((card) => <Found key={card.child} card={card} open={open} visit={visit} />)}
              </Command.Group>
            )}
            {pages.length > 0 && (
              <Command.Group heading={t('children.find.pages')}>
                {pages.map((one) => <Command.Item key={one.to} value={page(one)} onSelect={() => { hide(); void go({ to: one.to }); }}>{one.icon}<span>{one.word}</span></Command.Item>)}
              </Command.Group>
            )}
          </Command.List>
          <p className={classes('quiet', css.finderFoot)}>{t(shut ? 'children.find.foot_shut' : me.data?.may.includes('visit') ? 'children.find.foot' : 'children.find.foot_read')}</p>
        </Command>
      </div>
    </Modal>
  );
}

function Found({ card, open, visit }: { card: Card; open(child: string): void; visit(child: string): void }) {
  const { t } = useTranslation();
  const coded = useCoded();
  const why = useWhy()(card.why);
  return (
    <Command.Item className={css.finderChild} value={card.child} data-child={card.child} onSelect={() => open(card.child)} data-testid={`found-${card.child}`}>
      <span className={css.finderName}>{card.name}</span>
      <span className="quiet">{[coded(TABLES.sex, card.sex), card.age !== null && t('words.years', { n: card.age })].filter(Boolean).join(' · ')}</span>
      <span className="quiet clip grow">{[why, card.area?.name, !why && card.school].filter(Boolean).join(' · ')}</span>
      <span className={css.finderMarks}><AlarmTag mark={card.alarm} />{card.closed && <span className="tag">{t('children.closed')}</span>}{card.risk && <RiskTag risk={card.risk} />}{card.due?.state === 'overdue' && <DueTag due={card.due} />}</span>
      {/* for the mouse; the keyboard has Ctrl+Enter, said below */}
      {card.may.includes('visit') && <span className={css.finderVisit} aria-hidden title={t('parts.visit_of', { name: card.name })} onClick={(event) => { event.stopPropagation(); visit(card.child); }}><EditOutlined /></span>}
    </Command.Item>
  );
}

/** While files are shut: a visit can be begun, and that is all. */
function Named({ one: { child, name, area }, visit }: { one: ChildName; visit(child: string): void }) {
  return (
    <Command.Item value={child} data-child={child} onSelect={() => visit(child)} data-testid={`found-${child}`}>
      <EditOutlined aria-hidden /><span className={css.finderName}>{name}</span><span className="quiet clip grow">{area}</span>
    </Command.Item>
  );
}

/** What the line of a page is called among the lines. */
const page = ({ to }: { to: string }) => `page ${to}`;

/** The pages whose name has this in it. */
function usePages(text: string) {
  const { t } = useTranslation();
  const me = useAnswer('me', {});
  const pages = [
    { to: '/', word: t('words.nav.today'), icon: <CalendarOutlined /> },
    { to: '/children', word: t('words.nav.children'), icon: <TeamOutlined /> },
    { to: '/visits', word: t('words.nav.visits'), icon: <EditOutlined /> },
    ...(me.data?.may.includes('visit') ? [{ to: '/visit/paper', word: t('visit.paper'), icon: <FileTextOutlined /> }] as const : []),
    ...(me.data?.station ? [{ to: '/dayend', word: t('words.nav.dayend'), icon: <CheckSquareOutlined /> }, { to: '/people', word: t('words.nav.people'), icon: <IdcardOutlined /> }] as const : []),
    { to: '/settings', word: t('words.nav.settings'), icon: <SettingOutlined /> },
  ] as const;
  return pages.filter(({ word }) => text === '' || word.toLowerCase().includes(text.toLowerCase()));
}
