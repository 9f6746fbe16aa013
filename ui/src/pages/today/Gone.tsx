// Children that left: said once in a line, until somebody has read it. Those that went the same way share one.
import { SwapOutlined } from '@ant-design/icons';
import { Link } from '@tanstack/react-router';
import { App, Button } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { call, type Departed } from '../../api';
import { tell } from '../../parts/fault';
import { about } from '../../text';
import { together, type Ones } from './ways';
import { classes } from '../../style/classes';
import css from './today.module.css';

type T = ReturnType<typeof useTranslation>['t'];

/** One line for each way. */
export const gone = (all: Departed[]): ReactNode[] => together(all).map((ones) => <Gone key={`gone ${ones[0].child}`} ones={ones} />);

function Gone({ ones }: { ones: Ones }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const [{ child, name }] = ones;
  const read = () => void call('departed.seen', { children: ones.map((one) => one.child) }).catch((thrown: unknown) => tell(message, thrown));
  const title = words(ones, t);
  return (
    <div className={classes(css.todo, css.gone)} data-testid="gone">
      <span className={css.todoIcon}><SwapOutlined /></span>
      <span className="grow">
        {name === null ? <span className={css.todoTitle}>{title}</span> : <Link to="/child/$child" params={{ child }} className={css.todoTitle}>{title}</Link>}
        <span className={classes('quiet', css.todoMore)}>{t(name === null ? 'today.gone_more' : 'today.gone_of_more')}</span>
      </span>
      <Button type="text" onClick={read} aria-label={about(t('today.gone_seen'), title)} data-testid="gone-seen">{t('today.gone_seen')}</Button>
    </div>
  );
}

function words([first, ...more]: Ones, t: T): string {
  const n = more.length + 1;
  const name = first.name ?? '';
  switch (first.how) {
    case 'handed':
      return t('today.gone_handed', { n, person: first.person });
    case 'withdrawn':
      return t('today.gone_withdrawn', { n });
    case 'community':
      return t('today.gone_community_of', { name, place: first.place });
    default:
      return name ? t('today.gone_street_of', { name }) : t('today.gone_street', { n });
  }
}
