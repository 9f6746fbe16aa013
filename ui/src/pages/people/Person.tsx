// One person: her posts with their children, and beside them her computers.
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { PersonLine, PostLine } from '../../api';
import { spoken } from '../../text';
import { Computer } from './Computer';
import { classes } from '../../style/classes';
import css from './people.module.css';

export function Person({ person: { name, posts, devices } }: { person: PersonLine }) {
  const { t } = useTranslation();
  return (
    <li className={css.personLine} data-testid="person">
      <div className={css.personWho}>
        <strong>{name}</strong>
        {posts.length === 0 && <div className={classes('quiet', css.personPost)}>{t('people.left')}</div>}
        {posts.map((post) => <Post key={post.post} post={post} />)}
      </div>
      <ul>
        {devices.length === 0 && <li className={classes('quiet', css.computerNone)}>{t('people.no_computer')}</li>}
        {devices.map((device) => <Computer key={device.device} device={device} person={name} />)}
      </ul>
    </li>
  );
}

function Post({ post: { post, title, unit, children } }: { post: PostLine }) {
  const { t } = useTranslation();
  return (
    <div className={classes('quiet', css.personPost)}>
      <span>{[spoken(title), unit].join(' · ')}</span>
      {children > 0 && <Link to="/children" search={{ post }} className="num" data-testid={`children-of-${post}`}>{t('people.children', { n: children })}</Link>}
    </div>
  );
}
