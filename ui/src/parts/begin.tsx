// One tap into a visit: the open draft of this child again, or a new one.
import { EditOutlined } from '@ant-design/icons';
import { useNavigate } from '@tanstack/react-router';
import { App, Button, type ButtonProps } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call, type Card } from '../api';
import { tell } from './fault';

/** Begins a visit to one child or to several of one household, and goes there. */
export function useBeginVisit() {
  const go = useNavigate();
  const { message } = App.useApp();
  const [busy, setBusy] = useState(false);
  async function begin(children: string[]) {
    if (busy) return;
    setBusy(true);
    try {
      const draft = (await begun(children)) ?? (await call('visit.begin', { children })).draft;
      await go({ to: '/visit/write/$draft', params: { draft } });
    } catch (thrown) {
      tell(message, thrown);
    } finally {
      setBusy(false);
    }
  }
  return { begin, busy };
}

/** The draft that was begun for these children and is not finished: nobody wants a second one beside it. */
async function begun(children: string[]): Promise<string | undefined> {
  const drafts = await call('draft.list', {});
  return drafts.find((draft) => draft.form === 'visit' && children.every((child) => draft.children.includes(child)))?.draft;
}

/** “写走访” for one child, where this person writes visits about it. */
export function BeginVisit({ of: { child, name, may }, ...rest }: { of: Pick<Card, 'child' | 'name' | 'may'> } & ButtonProps) {
  const { t } = useTranslation();
  const { begin, busy } = useBeginVisit();
  if (!may.includes('visit')) return null;
  return (
    <Button icon={<EditOutlined />} loading={busy} onClick={() => void begin([child])} aria-label={name === '' ? t('parts.visit') : t('parts.visit_of', { name })} data-testid={`visit-${child}`} {...rest}>
      {t('parts.visit')}
    </Button>
  );
}
