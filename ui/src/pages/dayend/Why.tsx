// Why a note is sent back: a draft like any other, so that a lock in the middle of the sentence takes nothing.
import { Button, Input } from 'antd';
import { useTranslation } from 'react-i18next';
import { Elsewhere } from '../../parts/Elsewhere';
import { onEnter } from '../../parts/keys';
import { useSheet, type Sheet } from '../../parts/sheet';
import { useText } from '../visit/form';
import css from './dayend.module.css';

type Props = { visit: string; busy: boolean; /** Whether it was written. */ send(note: string, draft: string): Promise<boolean>; close(): void };

export function Why(props: Props) {
  const { sheet, again } = useSheet({ form: 'review', about: props.visit });
  return sheet && <Box key={sheet.opened} sheet={sheet} again={again} {...props} />;
}

function Box({ sheet, again, busy, send, close }: Props & { sheet: Sheet; again(): void }) {
  const { t } = useTranslation();
  const why = useText(sheet, 'note');
  const give = async () => {
    await sheet.flush();
    const note = why.typed.trim();
    if (note !== '' && !sheet.elsewhere && (await send(note, sheet.draft))) sheet.end();
  };
  return (
    <>
      <Elsewhere sheet={sheet} again={again} />
      <div className={css.differingOther}>
        <Input autoFocus value={why.typed} maxLength={500} placeholder={t('dayend.why')} aria-label={t('dayend.why')} onChange={(event) => { why.type(event.target.value); sheet.put('note', event.target.value); }} onKeyDown={(event) => { onEnter(() => void give())(event); if (event.key === 'Escape') close(); }} data-testid="dayend-why" />
        <Button type="primary" disabled={why.typed.trim() === ''} loading={busy} onClick={() => void give()} data-testid="dayend-send">{t('dayend.send')}</Button>
      </div>
    </>
  );
}
