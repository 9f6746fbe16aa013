// Risk and due: colour, icon and word together, so that colour is never the only signal.
import { ClockCircleOutlined, ExclamationCircleFilled, WarningFilled } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import type { Card, State } from '../api';
import { TABLES, useCoded } from './coded';

/** 1 low … 4 urgent, as `domain::assessment::Risk`. */
const RISK_LOOK: Record<string, string> = { '1': 'pine', '2': 'blue', '3': 'amber', '4': 'red' };

export function RiskTag({ risk }: { risk: Card['risk'] }) {
  const { t } = useTranslation();
  const coded = useCoded();
  if (!risk) return <span className="tag">{t('parts.no_risk')}</span>;
  return (
    <span className={`tag ${RISK_LOOK[risk.code] ?? ''}`}>
      {risk.code === '4' ? <ExclamationCircleFilled /> : risk.code === '3' ? <WarningFilled /> : null}
      {t('parts.risk', { name: coded(TABLES.risk, risk) })}
    </span>
  );
}

export function DueTag({ due }: { due: State | null }) {
  const { t } = useTranslation();
  if (!due) return null;
  switch (due.state) {
    case 'overdue':
      return <span className="tag amber"><ClockCircleOutlined />{t('parts.overdue', { n: due.days })}</span>;
    case 'today':
      return <span className="tag pine">{t('parts.due_today')}</span>;
    default:
      return <span className="tag">{t('parts.due_in', { n: due.days })}</span>;
  }
}
