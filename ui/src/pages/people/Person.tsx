// One person: her posts with their children, and beside them her computers.
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { PersonLine, PostLine } from '../../api';
import { spoken } from '../../text';
import { Computer } from './Computer';

export function Person({ person: { name, posts, devices } }: { person: PersonLine }) {
  const { t } = useTranslation();
  return (
    <li className="person-line" data-testid="person">
      <div className="person-who">
        <strong>{name}</strong>
        {posts.length === 0 && <div className="quiet person-post">{t('people.left')}</div>}
        {posts.map((post) => <Post key={post.post} post={post} />)}
      </div>
      <ul className="computers">
        {devices.length === 0 && <li className="quiet computer-none">{t('people.no_computer')}</li>}
        {devices.map((device) => <Computer key={device.device} device={device} person={name} />)}
      </ul>
    </li>
  );
}

function Post({ post: { post, title, unit, children } }: { post: PostLine }) {
  const { t } = useTranslation();
  return (
    <div className="quiet person-post">
      <span>{[spoken(title), unit].join(' · ')}</span>
      {children > 0 && <Link to="/children" search={{ post }} className="num" data-testid={`children-of-${post}`}>{t('people.children', { n: children })}</Link>}
    </div>
  );
}
