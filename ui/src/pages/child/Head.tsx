// Who this is, always in sight, and the one thing one comes for: to write a visit.
import { CheckCircleOutlined, DiffOutlined, FormOutlined } from '@ant-design/icons';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Card, ChildFile } from '../../api';
import { AlarmTag } from '../../parts/alarm/AlarmTag';
import { BeginVisit } from '../../parts/begin';
import { TABLES, useCoded } from '../../parts/coded';
import { DueTag, RiskTag } from '../../parts/tags';
import { listed } from '../../text';
import { classes } from '../../style/classes';
import css from './child.module.css';

const Charge = lazy(() => import('../../parts/charge/Charge'));
const Close = lazy(async () => ({ default: (await import('./Close')).Close }));
const Reopen = lazy(async () => ({ default: (await import('./Close')).Reopen }));

type Props = { file: ChildFile; toMissing(): void; toDiffers(): void; assess?: (() => void) | undefined };

export function Head({ file: { card, missing }, toMissing, toDiffers, assess }: Props) {
  const { t } = useTranslation();
  const coded = useCoded();
  return (
    <div className={css.childHead}>
      <div className="grow">
        <div className={classes('row', css.nameLine)}>
          <h1>{card.name}</h1>
          <span className="quiet num">{[coded(TABLES.sex, card.sex), card.age !== null && t('words.years', { n: card.age }), card.birth].filter(Boolean).join(' · ')}</span>
          {assess
            ? <button type="button" className={css.asTag} onClick={assess} title={t('child.assess')} data-testid="assess"><RiskTag risk={card.risk} /><span className={css.link}>{card.risk ? t('child.assess') : t('child.assess_first')}</span></button>
            : <RiskTag risk={card.risk} />}
          <AlarmTag mark={card.alarm} />
          {card.closed && <span className="tag" data-testid="closed">{t('child.closed')} · {coded(TABLES.closed, card.closed.why)} {card.closed.on}</span>}
          {card.categories.map((one) => <span key={one.code} className="tag">{coded(TABLES.category, one)}</span>)}
        </div>
        <div className={classes('row', css.facts)}>
          <InCharge card={card} />
          {(card.may.includes('close') || card.may.includes('reopen')) && <Closing closed={card.may.includes('reopen')} />}
          <span className="quiet num">{card.last_visit ? `${t('child.last_visit')} ${card.last_visit.slice(0, 10)}` : t('child.never')}</span>
          {card.next_due && <span className="quiet num">{t('child.next_visit')} {card.next_due} <DueTag due={card.due} /></span>}
          {missing.length > 0
            ? !card.may.includes('edit') ? <span className="quiet"><FormOutlined aria-hidden /> {t('child.missing', { n: missing.length })}</span> : <button type="button" className={css.link} onClick={toMissing} data-testid="to-missing"><FormOutlined aria-hidden /> {t('child.missing', { n: missing.length })}</button>
            : <span className="quiet"><CheckCircleOutlined aria-hidden /> {t('child.complete')}</span>}
          {card.differs > 0 && <button type="button" className={classes('blue', css.link)} onClick={toDiffers} data-testid="to-differs"><DiffOutlined aria-hidden /> {t('child.differs', { n: card.differs })}</button>}
        </div>
      </div>
      <BeginVisit of={card} type="primary" size="large" />
    </div>
  );
}

/** 结案, or 重新启用. */
function Closing({ closed }: { closed: boolean }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const hide = () => setOpen(false);
  return (
    <>
      <button type="button" className={classes('pine', css.link)} onClick={() => setOpen(true)} data-testid={closed ? 'reopen' : 'close'}>{t(closed ? 'child.reopen' : 'child.close')}</button>
      {open && <Suspense fallback={null}>{closed ? <Reopen hide={hide} /> : <Close hide={hide} />}</Suspense>}
    </>
  );
}

/** Where, and in whose charge; who may hand the child over does it here. */
function InCharge({ card }: { card: Card }) {
  const { t } = useTranslation();
  const may = card.may.includes('hand');
  const [handing, setHanding] = useState(false);
  const people = listed(card.posts.map(({ person }) => person));
  return (
    <span className={css.inCharge}>
      <span className="quiet">{[card.area?.name, people || (may ? t('charge.nobody') : '')].filter(Boolean).join(' · ')}</span>
      {may && <button type="button" className={classes('pine', css.link)} onClick={() => setHanding(true)} data-testid="hand">{people ? t('charge.hand') : t('charge.assign')}</button>}
      {handing && <Suspense fallback={null}><Charge of={[card]} hide={() => setHanding(false)} /></Suspense>}
    </span>
  );
}
