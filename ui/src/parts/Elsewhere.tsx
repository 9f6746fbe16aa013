// The same draft in another window: what happened there, and what may become of what stands here.
import { useNavigate } from '@tanstack/react-router';
import { App, Button } from 'antd';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { call, useAnswer } from '../api';
import { tell } from './fault';
import { spoken } from '../text';
import { ownFields } from './own';
import { useStands, type Sheet } from './sheet';
import { clock } from './time';

/** `again` reads the draft anew from the disk. Nothing is shown while this is the only window. */
export function Elsewhere({ sheet, again }: { sheet: Sheet; again(): void }) {
  const { t } = useTranslation();
  const go = useNavigate();
  const { draft, version, fault } = useStands(sheet, (standing) => standing);
  const state = useAnswer('draft.state', { draft, version }, draft !== '' && !sheet.elsewhere);
  useEffect(() => {
    if (state.error) sheet.hear(state.error);
  }, [sheet, state.error]);
  if (!sheet.elsewhere || !fault) return null;
  const finished = fault.code === 'draft_finished' && sheet.form === 'visit';
  return (
    <div className="finding red stack" role="alert" data-testid="elsewhere">
      <div>{spoken(fault)}</div>
      <div className="row">
        {fault.code === 'draft_newer' && <>
          <Button onClick={again} data-testid="elsewhere-theirs">{t('parts.draft.theirs')}</Button>
          <Button onClick={() => void sheet.keepMine()} data-testid="elsewhere-mine">{t('parts.draft.mine')}</Button>
        </>}
        {finished && <>
          <ToSupplement sheet={sheet} />
          <Button onClick={() => void go({ to: '/visit/$visit', params: { visit: draft } })}>{t('parts.draft.see')}</Button>
        </>}
        {fault.code !== 'draft_newer' && !finished && <Button onClick={() => void sheet.keepAsNew()} data-testid="elsewhere-new">{t('parts.draft.as_new')}</Button>}
      </div>
    </div>
  );
}

/** What was written here beyond the finished note becomes the beginning of a supplement to it. */
function ToSupplement({ sheet }: { sheet: Sheet }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const go = useNavigate();
  async function supplement() {
    // of several children no one's words go along: whose note it became is not known here
    const [only = '', ...others] = sheet.standing.children;
    const said = others.length === 0 ? ownFields(sheet, only).value('child_words') : undefined;
    const text = [sheet.values['note'], said].filter((one): one is string => typeof one === 'string' && one.trim() !== '').join('\n');
    try {
      if (text !== '') {
        // below what was begun of one already
        const begun = await call('draft.find', { form: 'supplement', about: sheet.draft });
        const before = begun?.values['text'];
        const values = { ...begun?.values, text: typeof before === 'string' ? `${before}\n${text}` : text };
        await call('draft.save', { ...(begun && { draft: begun.draft, version: begun.version }), form: 'supplement', about: sheet.draft, values });
      }
      sheet.end();
      await go({ to: '/visit/$visit', params: { visit: sheet.draft } });
    } catch (thrown) {
      tell(message, thrown);
    }
  }
  return <Button type="primary" onClick={() => void supplement()} data-testid="elsewhere-supplement">{t('parts.draft.supplement')}</Button>;
}

/** That the draft is on the disk, and since when; or why it is not. */
export function Kept({ sheet }: { sheet: Sheet }) {
  const { t } = useTranslation();
  const { saved, saving, fault } = useStands(sheet, (standing) => standing);
  if (fault) return sheet.elsewhere ? null : <p className="finding red" role="alert">{spoken(fault)}</p>;
  return saved === null && !saving ? null : <span className="quiet num" role="status" data-testid="draft-kept">{saving || saved === null ? t('words.saving') : t('parts.draft.kept', { time: clock(saved) })}</span>;
}
