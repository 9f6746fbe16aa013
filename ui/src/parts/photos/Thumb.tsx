// One small photograph: how far it has come, in words, and the way to take it out of a draft.
import { PictureOutlined } from '@ant-design/icons';
import { App, Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call, queries, useAnswer, type FileLine } from '../../api';
import { about } from '../../text';
import { tell } from '../fault';
import { savedNow } from '../saved';
import { add, type Place } from './adding';
import css from './photos.module.css';

type Props = { line: FileLine; at: number; place: Place; look(): void; gone(): void };

export function Thumb({ line, at, place, look, gone }: Props) {
  const { t } = useTranslation();
  const thumb = useAnswer('file.thumb', { file: line.file });
  const state = !line.here ? t('photos.not_here') : line.sent ? t('photos.sent') : t('photos.here');
  const name = t('photos.nth', { n: at + 1 });
  return (
    <figure className={css.photo}>
      <button type="button" className={css.photoLook} onClick={look} aria-label={t('photos.look', { name, state })} data-testid={`photo-${at}`}>
        {thumb.data?.data ? <img src={`data:image/jpeg;base64,${thumb.data.data}`} alt={about(name, line.name)} /> : <span className={css.photoNone}><PictureOutlined aria-hidden /><span>{t('photos.loading')}</span></span>}
      </button>
      <figcaption>
        <span className="quiet" data-testid={`photo-state-${at}`}>{state}</span>
        {line.draft && <TakeOut line={line} at={at} name={name} place={place} gone={gone} />}
      </figcaption>
    </figure>
  );
}

/** Takes a photograph out of a draft; for a while it can be put back. */
function TakeOut({ line, at, name, place, gone }: { line: FileLine; at: number; name: string; place: Place; gone(): void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const [busy, setBusy] = useState(false);
  async function takeOut() {
    setBusy(true);
    try {
      const { data } = await call('file.open', { file: line.file });
      await call('file.drop', { file: line.file });
      savedNow();
      const back = () => {
        message.destroy('photo-out');
        if (data !== null) add(place, line.field, [{ name: line.name, from: data }]);
      };
      void message.open({ key: 'photo-out', type: 'info', duration: 10, content: <span>{t('photos.out', { name })} {data !== null && <Button type="link" size="small" onClick={back} data-testid="photo-back">{t('words.undo')}</Button>}</span> });
      gone();
      await queries.invalidateQueries({ queryKey: ['file.of', { about: line.about }] });
    } catch (thrown) {
      setBusy(false);
      tell(message, thrown);
    }
  }
  return <Button type="text" size="small" loading={busy} onClick={() => void takeOut()} aria-label={t('photos.take_out_of', { name })} data-testid={`photo-out-${at}`}>{t('photos.take_out')}</Button>;
}
