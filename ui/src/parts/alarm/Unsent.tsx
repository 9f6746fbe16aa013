// Half an answer to an alarm: read whole, and thrown away. Once a colleague answered, the box it was written in is gone.
import { App, Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { call, useAnswer, type Alarm, type Draft, type DraftLine } from '../../api';
import { about as of, listed, titled } from '../../text';
import { tell } from '../fault';
import css from './alarm.module.css';

function useBegun(): DraftLine[] {
  const drafts = useAnswer('draft.list', {});
  return (drafts.data ?? []).filter(({ form }) => form === 'alarm');
}

/** Below the answer to an alarm: what this person had begun to write. */
export function Unsent({ record }: { record: string }) {
  const line = useBegun().find(({ about }) => about === record);
  return line ? <HalfAnswer line={line} answered /> : null;
}

/** On a child's page, where an alarm stands only while it waits (`waiting`): what was begun about those answered since. */
export function UnsentOf({ child, waiting }: { child: string; waiting: Alarm[] }) {
  const { t } = useTranslation();
  const left = useBegun().filter(({ children, about }) => children.includes(child) && !waiting.some(({ record }) => record === about));
  return left.map((line) => (
    <section key={line.draft} className="panel">
      <h2>{titled(t('parts.draft.of.alarm'))}</h2>
      <HalfAnswer line={line} answered />
    </section>
  ));
}

/** `answered`: somebody else answered, and that is said. */
export function HalfAnswer({ line: { draft, names }, answered }: { line: DraftLine; answered?: boolean }) {
  const { t } = useTranslation();
  const drop = useDrop();
  const kept = useAnswer('draft.open', { draft }).data;
  if (!kept) return null;
  return (
    <div className={css.unsent} data-testid="unsent">
      <div className="grow">
        {answered && <p className="quiet">{t('alarm.unsent')}</p>}
        <p className={css.unsentText}>{String(kept.values['note'] ?? '')}</p>
      </div>
      <Button onClick={() => void drop(kept)} aria-label={of(t('alarm.drop'), listed(names))} data-testid="unsent-drop">{t('alarm.drop')}</Button>
    </div>
  );
}

/** Throws a draft away, which can be taken back for a while. */
function useDrop() {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const failed = (thrown: unknown) => tell(message, thrown);
  async function back({ form, about, values }: Draft) {
    message.destroy('dropped');
    await call('draft.save', { form, ...(about !== null && { about }), values });
  }
  return async (kept: Draft) => {
    try {
      await call('draft.drop', { draft: kept.draft });
      const undo = <Button type="link" size="small" onClick={() => void back(kept).catch(failed)}>{t('words.undo')}</Button>;
      void message.open({ key: 'dropped', type: 'info', duration: 10, content: <span>{t('visit.dropped')} {undo}</span> });
    } catch (thrown) {
      failed(thrown);
    }
  };
}
