// A photograph as large as the window; arrows go to the next. One that is not here is asked for, and comes by itself.
import { LeftOutlined, RightOutlined } from '@ant-design/icons';
import { Button, Modal, Spin } from 'antd';
import { useTranslation } from 'react-i18next';
import { useAnswer, type FileLine } from '../../api';
import { about, spoken } from '../../text';
import { clock } from '../time';
import { classes } from '../../style/classes';
import css from './photos.module.css';

export function Whole({ lines, file, look }: { lines: FileLine[]; file: string; look(file: string | null): void }) {
  const { t } = useTranslation();
  const at = lines.findIndex((line) => line.file === file);
  const line = lines[at];
  if (!line) return null;
  const step = (by: number) => {
    const next = lines[at + by];
    if (next) look(next.file);
  };
  const title = [t('photos.nth_of', { n: at + 1, all: lines.length }), line.who?.person, clock(line.at)].filter(Boolean).join(' · ');
  return (
    <Modal
      open centered width="min(72em, 94vw)" title={title} onCancel={() => look(null)} closable={{ 'aria-label': t('words.close') }}
      footer={
        <div className={classes('row', css.photoSteps)}>
          {lines.length > 1 && <Button icon={<LeftOutlined />} disabled={at === 0} onClick={() => step(-1)} data-testid="photo-before">{t('photos.before')}</Button>}
          {lines.length > 1 && <Button icon={<RightOutlined />} iconPlacement="end" disabled={at === lines.length - 1} onClick={() => step(1)} data-testid="photo-after">{t('photos.after')}</Button>}
          <span className="grow" />
          <Button type="primary" onClick={() => look(null)} data-testid="photo-close">{t('words.close')}</Button>
        </div>
      }
    >
      <div className={css.photoStage} onKeyDown={({ key }) => (key === 'ArrowLeft' ? step(-1) : key === 'ArrowRight' && step(1))}>
        <Picture key={file} line={line} alt={about(t('photos.nth', { n: at + 1 }), line.name)} />
      </div>
    </Modal>
  );
}

function Picture({ line, alt }: { line: FileLine; alt: string }) {
  const { t } = useTranslation();
  const opened = useAnswer('file.open', { file: line.file });
  if (opened.error) return <p role="alert">{spoken(opened.error)}</p>;
  if (!opened.data) return <Spin size="large" />;
  if (opened.data.data === null) return <p role="status" data-testid="photo-coming"><strong>{t('photos.loading')}</strong><br />{t('photos.coming')}</p>;
  // the focus is on the picture, so that the arrows work at once
  return <img tabIndex={0} autoFocus ref={(image) => image?.focus()} src={`data:${opened.data.media};base64,${opened.data.data}`} alt={alt} data-testid="photo-whole" />;
}
