// A child found in the field: only what is needed at the door. Possible doubles are looked at before a second file is begun.
import { useNavigate } from '@tanstack/react-router';
import { App, Button, Checkbox, Drawer, Input, Select } from 'antd';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { call, useAnswer, type Card, type Created, type Finding, type Value } from '../../api';
import { useLook } from '../../look';
import { TABLES, useCoded } from '../../parts/coded';
import { tell } from '../../parts/fault';
import { useForms } from '../../parts/forms';
import { onEnter } from '../../parts/keys';
import { Elsewhere, Kept } from '../../parts/Elsewhere';
import { announce } from '../../parts/announce';
import { savedNow } from '../../parts/saved';
import { useSheet, useStands, type Sheet } from '../../parts/sheet';
import { listed, spoken } from '../../text';
import { classes } from '../../style/classes';
import css from './children.module.css';

/** Keys asked for at the door; labels come from the form. */
const DOOR = ['name', 'sex', 'birth', 'id_type', 'id_no', 'categories', 'live_addr', 'phone_child'];
/** The usual document; kept only where a number was typed or another kind chosen. */
const CITIZEN = '01';
const GUARDIAN = ['relation', 'name', 'tel'];

/** The one new row has been given an id by then. */
const asked = (key: string) => key.replace(/^family\/[^/]+\//, 'family/+1/');

type Typed = { area: string; values: Record<string, string>; suspect: boolean };

/** What was typed before; a name just searched for in vain is taken over. */
function begun({ values: { area, ...values } }: Sheet, name: string | undefined): Typed {
  const texts = Object.entries(values).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  const typed = { area: String(area ?? ''), values: Object.fromEntries(texts), suspect: values.id_suspect === true };
  const wanted = name && !/\d|^[a-z ]+$/i.test(name) && !typed.values.name;
  return wanted ? { ...typed, values: { ...typed.values, name } } : typed;
}

/** Status of a category that holds. */
const CURRENT = '1';

/** The codes of the rows of a field. */
const chosen = (values: Record<string, string>, field: string) => Object.keys(values).filter((key) => key.startsWith(`${field}/`)).map((key) => key.split('/')[1] ?? '');

type Props = { hide(): void; name?: string | undefined };

export function Register(props: Props) {
  const { sheet, again } = useSheet({ form: 'child' });
  return sheet && <Box key={sheet.opened} sheet={sheet} again={again} {...props} />;
}

/** What is half written is a draft: there after the drawer was closed, a lock, a kill. */
function Box({ sheet, again, hide, name }: Props & { sheet: Sheet; again(): void }) {
  const { t } = useTranslation();
  const { look } = useLook();
  const { message } = App.useApp();
  const go = useNavigate();
  const [now, set] = useState<Typed>(() => begun(sheet, name));
  const [answer, setAnswer] = useState<Created>();
  const [own, setOwn] = useState<{ key: string; text: string }>();
  const [busy, setBusy] = useState(false);
  const places = usePlaces();
  const forms = useForms();
  const form = forms?.forms.find(({ id }) => id === 'child');
  const family = form?.fields.find(({ key }) => key === 'family')?.columns;
  const area = now.area || (places.length === 1 ? (places[0]?.value ?? '') : '');
  /** A category stands in a row of its own. */
  const choose = (key: string, picked: string[]) => {
    const others = Object.entries(now.values).filter(([other]) => !other.startsWith(`${key}/`));
    for (const code of chosen(now.values, key).filter((code) => !picked.includes(code))) sheet.put(`${key}/${code}/status`, undefined);
    for (const code of picked) sheet.put(`${key}/${code}/status`, CURRENT);
    set({ ...now, values: Object.fromEntries([...others, ...picked.map((code) => [`${key}/${code}/status`, CURRENT])]) });
    for (const code of picked) leave(`${key}/${code}/status`);
  };
  const write = (key: string, text: string) => {
    set({ ...now, values: { ...now.values, [key]: text } });
    sheet.put(key, text);
    // a number can be checked only as one of a document
    if (key === 'id_no' && !now.values.id_type) sheet.put('id_type', CITIZEN);
  };
  // what Rust says of the draft at once, of a field that was left
  const [left, setLeft] = useState<string[]>([]);
  const said = useStands(sheet, ({ findings }) => findings).filter(({ key, missing }) => !missing && left.includes(asked(key)));
  const leave = (key: string) => {
    setLeft((before) => (before.includes(key) ? before : [...before, key]));
    void sheet.flush();
  };
  const wrong = (answer?.child ? [] : (answer?.findings ?? [])).filter((finding) => finding.level === 'red' && !finding.missing);
  const about = (key: string) => said.find((one) => asked(one.key) === key) ?? wrong.find((one) => asked(one.key) === key);
  const found = (key: string) => {
    const finding = about(key);
    return own?.key === key ? own.text : finding && spoken(finding);
  };
  const field = (key: string) => form?.fields.find((one) => one.key === key);
  // 号码存疑 stands beside the message that names it
  const doubt = field('id_suspect');
  const doubtful = doubt && (now.suspect || about('id_no')?.text.includes(doubt.title));
  const doubts = (suspect: boolean) => {
    set({ ...now, suspect });
    sheet.put('id_suspect', suspect || undefined);
    leave('id_no');
  };
  // about something not asked here: still said
  const others = wrong.filter((finding) => ![...DOOR, ...GUARDIAN.map((column) => `family/+1/${column}`)].includes(asked(finding.key)));
  async function submit(sure: boolean) {
    if (!area) return setOwn({ key: 'area', text: t('children.reg.need_area') });
    if (!now.values.name?.trim()) return setOwn({ key: 'name', text: t('children.reg.need_name') });
    setOwn(undefined);
    setBusy(true);
    try {
      await sheet.flush();
      if (sheet.elsewhere) return;
      const values: Record<string, Value> = {};
      for (const [key, text] of Object.entries(now.values)) if (text.trim()) values[key] = text.trim();
      if (values.id_no !== undefined) values.id_type ??= CITIZEN;
      if (now.suspect) values.id_suspect = true;
      const said = await call('child.create', { area, values, sure, ...(sheet.draft !== '' && { draft: sheet.draft }) });
      setAnswer(said);
      if (!said.child) return;
      savedNow();
      sheet.end();
      void announce(message).success(t('children.reg.done', { name: now.values.name.trim() }));
      hide();
      await go({ to: '/child/$child', params: { child: said.child } });
    } catch (thrown) {
      tell(message, thrown);
    } finally {
      setBusy(false);
    }
  }
  const label = (title: { title: string; en: string } | undefined) => (look.language === 'zh' ? title?.title : title?.en) ?? '';
  const codes = (id: string | null | undefined) => forms?.codes.find((table) => table.id === id)?.entries.map((entry) => ({ value: entry.code, label: look.language === 'zh' ? entry.name : entry.en })) ?? [];
  const line = (field: { title: string; en: string; code: string | null; kind: string } | undefined, key: string) => field && (
    <Line key={key} label={label(field)} need={key === 'name'} found={found(key)} level={own?.key === key ? 'red' : about(key)?.level} testid={`field-${key}`}>
      {field.kind === 'rows' ? <Select mode="multiple" options={codes(field.code)} showSearch={{ optionFilterProp: 'label' }} value={chosen(now.values, key)} onChange={(picked: string[]) => choose(key, picked)} aria-label={label(field)} style={{ width: '100%' }} />
        : field.kind === 'code'
        ? <Select showSearch={codes(field.code).length > 8 ? { optionFilterProp: 'label' } : false} allowClear options={codes(field.code)} value={now.values[key] || (key === 'id_type' ? CITIZEN : null)} onChange={(code: string | undefined) => { write(key, code ?? ''); leave(key === 'id_type' ? 'id_no' : key); }} aria-label={label(field)} style={{ width: '100%' }} />
        : <Input value={now.values[key] ?? ''} onChange={(event) => write(key, event.target.value)} onBlur={() => leave(key)} onKeyDown={onEnter(() => void submit(false))} placeholder={field.kind === 'day' ? '20150506' : undefined} aria-label={label(field)} />}
      {key === 'id_no' && doubtful && <Checkbox checked={now.suspect} onChange={(event) => doubts(event.target.checked)} data-testid="field-id_suspect">{label(doubt)}</Checkbox>}
    </Line>
  );
  return (
    <Drawer open onClose={hide} size="min(34em, 100vw)" title={t('children.reg.title')} footer={<Button type="primary" block loading={busy} onClick={() => void submit(false)} data-testid="register-submit">{t('children.reg.submit')}</Button>}>
      <div className="stack" data-testid="register-box">
        <p className="quiet" style={{ margin: 0 }}>{t('children.reg.hint')}</p>
        <Elsewhere sheet={sheet} again={again} />
        {answer && !answer.child && answer.doubles.length > 0 && <Doubles cards={answer.doubles} open={(child) => { hide(); void go({ to: '/child/$child', params: { child } }); }} sure={() => void submit(true)} />}
        {others.map(({ key, text }) => <div key={key} className="finding red" role="alert">{text}</div>)}
        {(places.length > 1 || found('area')) && (
          <Line label={t('children.reg.area')} need found={found('area')} testid="field-area">
            <Select showSearch={{ optionFilterProp: 'label' }} options={places} value={area || null} onChange={(code: string) => { set({ ...now, area: code }); sheet.put('area', code); }} aria-label={t('children.reg.area')} style={{ width: '100%' }} />
          </Line>
        )}
        <div className={css.door}>{DOOR.map((key) => line(field(key), key))}</div>
        <h2>{t('children.reg.guardian')} <span className="quiet" style={{ fontWeight: 400, fontSize: '.85em' }}>{t('children.reg.guardian_hint')}</span></h2>
        <div className={css.door}>{GUARDIAN.map((key) => line(family?.find((field) => field.key === key), `family/+1/${key}`))}</div>
        <Kept sheet={sheet} />
      </div>
    </Drawer>
  );
}

function Line({ label, need, found, level = 'red', testid, children }: { label: string; need?: boolean; found: string | undefined; level?: Finding['level'] | undefined; testid: string; children: ReactNode }) {
  return (
    <div data-testid={testid}>
      <div className="quiet">{label}{need && <span className="need" aria-hidden> *</span>}</div>
      {children}
      {found && <div className={`finding ${level}`} role="alert">{found}</div>}
    </div>
  );
}

function Doubles({ cards, open, sure }: { cards: Card[]; open(child: string): void; sure(): void }) {
  const { t } = useTranslation();
  const coded = useCoded();
  return (
    <div className={classes('stack', css.doubles)} role="alert" data-testid="doubles">
      <strong>{t('children.reg.doubles')}</strong>
      {cards.map((card) => (
        <div key={card.child} className="row">
          <span className="grow"><strong>{card.name}</strong> <span className="quiet">{[coded(TABLES.sex, card.sex), card.birth, card.id_end, card.area?.name, listed(card.posts.map(({ person }) => person))].filter(Boolean).join(' · ')}</span></span>
          <Button size="small" onClick={() => open(card.child)}>{t('children.reg.open')}</Button>
        </div>
      ))}
      <Button onClick={sure} data-testid="register-sure">{t('children.reg.sure')}</Button>
    </div>
  );
}

/** Communities this person may register in. */
function usePlaces() {
  const me = useAnswer('me', {});
  return (me.data?.registers ?? []).map(({ code, name }) => ({ value: code, label: name }));
}
