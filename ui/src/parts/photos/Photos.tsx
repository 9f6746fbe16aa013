// The photographs of a draft, a note or a child's file: a row of small ones, and the place where more are put.
import { CameraOutlined, LoadingOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useCallback, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useAnswer } from '../../api';
import { listed, spoken } from '../../text';
import { add, again, forget, idOf, useAdding, type Place, type Waiting } from './adding';
import { takesPasted, useIncoming } from './incoming';
import { Thumb } from './Thumb';
import { Whole } from './Whole';
import { classes } from '../../style/classes';
import css from './photos.module.css';

type Props = { place: Place; field: string; label: string; hint?: ReactNode; /** Whether this person may add. */ may: boolean; /** Drop and paste anywhere on the page. */ anywhere?: boolean };

export function Photos({ place, field, label, hint, may, anywhere = false }: Props) {
  const { t } = useTranslation();
  const about = idOf(place);
  const answer = useAnswer('file.of', { about });
  const zone = useRef<HTMLDivElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  const [looking, look] = useState<string | null>(null);
  const adding = useAdding(about).filter((one) => one.field === field && one.place.child === place.child);
  const put = useCallback((files: File[]) => add(place, field, files.map((file) => ({ name: file.name, from: file }))), [place, field]);
  const over = useIncoming({ zone, anywhere, on: may }, put);
  // the answer before may be about another record; as they were added, the newest beside the button
  const lines = (answer.data ?? []).filter((line) => line.field === field && line.about === about && (!('draft' in place) || line.child === (place.child ?? null))).sort((a, b) => a.at - b.at);
  const toButton = () => zone.current?.querySelector<HTMLElement>('[data-testid="photo-add"]')?.focus();
  return (
    <div ref={zone} className={classes(css.photos, over && css.over)} role="group" aria-label={label} data-field={field} data-testid={`photos-${field}`}>
      <div className={css.photosHead}><span className={css.photosLabel}>{label}</span>{hint && <span className="quiet">{hint}</span>}</div>
      {answer.error && <div className="finding red" role="alert">{spoken(answer.error)}</div>}
      <div className={css.photosRow}>
        {lines.map((line, at) => <Thumb key={line.file} line={line} at={at} place={place} look={() => look(line.file)} gone={toButton} />)}
        {may && <div className={css.photoMore}><Button icon={<CameraOutlined />} onClick={() => picker.current?.click()} data-testid="photo-add">{over ? t('photos.let_go') : t('photos.add')}</Button><span className="quiet">{anywhere ? t(takesPasted(navigator.userAgent) ? 'photos.how' : 'photos.how_drag') : t('photos.how_here')}</span></div>}
      </div>
      <input ref={picker} type="file" accept="image/*" multiple hidden aria-label={t('photos.add')} data-testid="photo-input" onChange={(event) => { put([...(event.target.files ?? [])]); event.target.value = ''; }} />
      <Progress adding={adding} />
      <Refused about={about} adding={adding} />
      {looking !== null && <Whole lines={lines} file={looking} look={look} />}
    </div>
  );
}

/** What is on its way to the disk. */
function Progress({ adding }: { adding: Waiting[] }) {
  const { t } = useTranslation();
  const under = adding.filter(({ fault }) => fault === null);
  return <div role="status" className={css.photosProgress} data-testid="photo-progress">{under.length > 0 && <><LoadingOutlined aria-hidden /> {t('photos.adding', { count: under.length, name: under[0]?.name })}</>}</div>;
}

/** What could not be added and why; it stays until it is tried again or given up. */
function Refused({ about, adding }: { about: string; adding: Waiting[] }) {
  const { t } = useTranslation();
  const own: Record<string, string> = { too_large: t('photos.too_large'), unread: t('photos.unread') };
  const why = new Map<string, string[]>();
  for (const { fault, name } of adding) {
    if (!fault) continue;
    const text = spoken(fault) || own[fault.code] || '';
    why.set(text, [...(why.get(text) ?? []), name]);
  }
  if (why.size === 0) return null;
  return (
    <div className={css.photosRefused} role="alert" data-testid="photo-refused">
      {[...why].map(([text, names]) => <div key={text}><strong>{listed(names)}</strong> · {text}</div>)}
      <div className="row">
        <Button onClick={() => again(about)} data-testid="photo-again">{t('words.again')}</Button>
        <Button onClick={() => forget(about)} data-testid="photo-forget">{t('photos.forget')}</Button>
      </div>
    </div>
  );
}
