// 一人一档: one child's file on one page. The head and the contents stay in sight; sections fold.
import { Link, useParams, useSearch } from '@tanstack/react-router';
import { Button } from 'antd';
import { useDeferredValue, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAnswer, type ChildFile, type Section } from '../../api';
import { Alarms } from '../../parts/alarm/Alarms';
import { UnsentOf } from '../../parts/alarm/Unsent';
import { BeginVisit } from '../../parts/begin';
import { useForms } from '../../parts/forms';
import { Empty, Trouble, Waiting } from '../../parts/standing';
import { dayOf } from '../../parts/time';
import { useSeen } from '../children/recent';
import { Assess } from './Assess';
import { Contents, type Entry } from './Contents';
import { FileProvider } from './edit';
import { Group } from './Group';
import { Head } from './Head';
import { History } from './History';
import { Part } from './Part';
import { show } from './show';
import { Summary } from './Summary';
import { Timeline } from './Timeline';
import css from './child.module.css';

export default function Child() {
  const { t } = useTranslation();
  const { child } = useParams({ strict: false });
  const opened = useAnswer('child.open', { child: child ?? '' }, child !== undefined);
  const forms = useForms();
  const me = useAnswer('me', {});
  // an answer about another child may still stand here while this one is on its way
  const file = opened.data?.card.child === child ? opened.data : undefined;
  useSeen(file?.card.child);
  useLayoutEffect(() => {
    const page = document.getElementById('page');
    page?.toggleAttribute('data-flush', true);
    return () => { page?.toggleAttribute('data-flush', false); };
  }, []);
  if (opened.error?.code === 'not_found') {
    return <Empty title={t('child.gone')} hint={t('child.gone_hint')}><Link to="/children"><Button type="primary">{t('child.to_list')}</Button></Link></Empty>;
  }
  // a visit may be written even where the file may not be read
  if (opened.error) return <Trouble fault={opened.error} again={() => void opened.refetch()}>{child && <BeginVisit of={{ child, name: '', may: me.data?.may ?? [] }} />}</Trouble>;
  if (!file || !me.data) return <Waiting />;
  return (
    <FileProvider key={file.card.child} file={file} forms={forms} today={dayOf(me.data.now)}>
      <Page file={file} />
    </FileProvider>
  );
}

/** How many of a section's fields are missing, and how many differ. */
function counts(section: Section, file: ChildFile) {
  const keys = new Set(section.fields.map(({ key }) => key));
  const missing = file.missing.filter((key) => keys.has(key.split('/')[0] ?? '')).length;
  const all = section.fields.flatMap((field) => [field, ...field.rows.flatMap((row) => row.fields)]);
  return { missing, differs: all.filter(({ cell }) => cell?.differs).length };
}

function Page({ file }: { file: ChildFile }) {
  const { t } = useTranslation();
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set(['history']));
  const search = useSearch({ strict: false }) as Record<string, unknown>;
  const [assessing, setAssessing] = useState(search['assess'] === true);
  const [allVisits, setAllVisits] = useState(false);
  // what fills the first screen is painted first, the long rest at once after it
  const whole = useDeferredValue(true, false);
  const head = useRef<HTMLDivElement>(null);
  const groups = { A: t('child.group.A'), B: t('child.group.B'), C: t('child.group.C'), D: t('child.group.D'), E: t('child.group.E'), F: t('child.group.F'), G: t('child.group.G'), H: t('child.group.H') } as Record<string, string>;
  const flip = (id: string) => setFolded((now) => new Set(now.has(id) ? [...now].filter((other) => other !== id) : [...now, id]));
  const wished = useRef<() => void>(undefined);
  const unfold = (id: string, then: () => void) => {
    setFolded((now) => new Set([...now].filter((other) => other !== id)));
    if (whole) requestAnimationFrame(() => requestAnimationFrame(then));
    else wished.current = then;
  };
  useEffect(() => {
    // where one wanted to go before it stood on the page
    if (whole) wished.current?.();
  }, [whole]);
  useEffect(() => {
    const element = head.current;
    if (!element) return;
    const sized = new ResizeObserver(() => element.parentElement?.style.setProperty('--head', `${element.offsetHeight}px`));
    sized.observe(element);
    // where the head scrolls away (low screens) the strip of contents says whose file it is
    const seen = new IntersectionObserver(([now]) => element.parentElement?.toggleAttribute('data-away', now?.isIntersecting === false), { root: document.getElementById('page') });
    seen.observe(element);
    return () => {
      sized.disconnect();
      seen.disconnect();
    };
  }, []);
  const jump = (key: string | undefined) => {
    if (key === undefined) return;
    // only an assessment sets the level
    if (key === 'risk_level') return setAssessing(true);
    const section = file.sections.find(({ fields }) => fields.some((field) => field.key === key.split('/')[0]));
    unfold(section?.group ?? '', () => show(key));
  };
  const differing = file.sections.flatMap(({ fields }) => fields.flatMap((field) => [field, ...field.rows.flatMap((row) => row.fields)])).find(({ cell }) => cell?.differs);
  const entries: Entry[] = [
    { id: 'summary', title: t('child.part.summary') },
    ...file.sections.map((section) => ({ id: section.group, title: groups[section.group] ?? section.group, ...counts(section, file) })),
    { id: 'visits', title: t('child.part.visits') },
    { id: 'history', title: t('child.part.history') },
  ];
  const part = (id: string) => ({ id, title: entries.find((entry) => entry.id === id)?.title ?? id, open: !folded.has(id), flip: () => flip(id) });
  return (
    <div className={css.child}>
      <div className={css.childTop} ref={head}>
        <Head file={file} toMissing={() => jump(file.missing[0])} toDiffers={() => jump(differing?.key)} assess={file.card.may.includes('assess') ? () => setAssessing(true) : undefined} />
        {!file.card.may.includes('edit') && <div className="quiet">{t('child.read_only')}</div>}
      </div>
      <Contents name={file.card.name} entries={entries} whole={whole} to={(id) => unfold(id, () => document.getElementById(`part-${id}`)?.scrollIntoView({ block: 'start' }))} />
      <div className={css.parts}>
        <Alarms all={file.alarms} on="child" />
        <UnsentOf child={file.card.child} waiting={file.alarms} />
        <Part {...part('summary')}><Summary /></Part>
        {(whole ? file.sections : file.sections.slice(0, 1)).map((section) => {
          const { missing, differs } = counts(section, file);
          return (
            <Part key={section.group} {...part(section.group)} mark={<>{missing > 0 && <span className="tag amber">{t('child.n_missing', { n: missing })}</span>}{differs > 0 && <span className="tag blue">{t('child.differs', { n: differs })}</span>}</>}>
              <Group section={section} />
            </Part>
          );
        })}
        {whole && <Part {...part('visits')}><Timeline child={file.card.child} all={allVisits} more={() => setAllVisits(true)} /></Part>}
        {whole && <Part {...part('history')}><History child={file.card.child} /></Part>}
      </div>
      {assessing && file.card.may.includes('assess') && <Assess hide={() => setAssessing(false)} />}
    </div>
  );
}
