// That a child or a note raises an alarm, in a word; red also where it was answered, so that the note read later is no other.
import { AlertFilled, QuestionCircleFilled } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import type { AlarmMark } from '../../api';

export function AlarmTag({ mark }: { mark: AlarmMark | null }) {
  const { t } = useTranslation();
  if (!mark) return null;
  const danger = mark === 'danger' || mark === 'answered_danger';
  const answered = mark === 'answered_danger' || mark === 'answered_question';
  return (
    <span className={`tag ${danger ? 'red' : 'amber'}`} data-testid="alarm-tag">
      {danger ? <AlertFilled aria-hidden /> : <QuestionCircleFilled aria-hidden />}
      {t(danger ? 'alarm.danger' : 'alarm.question')}{answered && ` · ${t('alarm.answered')}`}
    </span>
  );
}

/** Whether nobody answered yet. */
export const waits = (mark: AlarmMark | null) => mark === 'danger' || mark === 'question';
