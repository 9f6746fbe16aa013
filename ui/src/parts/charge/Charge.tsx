// In whose charge children are, and handing them to somebody else: one child from its file, many from the list.
import { Button, Checkbox, Input, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAnswer, type PostLine, type Role } from '../../api';
import { spoken } from '../../text';
import { Trouble, Waiting } from '../standing';
import { handed, holders, takenBack, type Held, type Moves } from './moves';
import { useMoving } from './moved';
import { classes } from '../../style/classes';
import css from './charge.module.css';

/** Directors first: to one of them most children go. */
const ORDER: readonly Role[] = ['director', 'social_worker'];
/** From so many on a box to search in stands above. */
const SEARCH = 9;

type Props = { of: Held[]; hide(): void; /** Done: the choice of children is over. */ done?(): void };

export default function Charge({ of: children, hide, done }: Props) {
  const { t } = useTranslation();
  const what = children.length === 1 ? children[0]?.name ?? '' : t('charge.many', { n: children.length });
  const { move, busy, fault } = useMoving();
  const act = (moves: Moves, said: string) => void move(moves, said).then((there) => {
    if (!there) return;
    hide();
    done?.();
  });
  return (
    <Modal open centered width="min(40em, calc(100vw - 2em))" footer={null} title={t('charge.ask', { what })} onCancel={hide} destroyOnHidden>
      <div className={css.charge} data-testid="charge">
        <Now children={children} busy={busy} take={(post, person) => act(takenBack(children, post), t(holders(children).length > 1 ? 'charge.taken' : 'charge.taken_last', { what, person }))} />
        <To children={children} what={what} busy={busy} act={act} />
        {fault && <p className="finding red" role="alert">{spoken(fault)}</p>}
      </div>
    </Modal>
  );
}

function Now({ children, busy, take }: { children: Held[]; busy: boolean; take(post: string, person: string): void }) {
  const { t } = useTranslation();
  const posts = useAnswer('roster.posts', {});
  const now = holders(children);
  return (
    <section aria-label={t('charge.now')}>
      <h3>{t('charge.now')}</h3>
      {now.length === 0 && <p className="quiet">{t('charge.nobody')}</p>}
      <ul>
        {now.map(({ post, person, n, may_take: may }) => {
          const line = posts.data?.find((one) => one.post === post);
          return (
            <li key={post} className={css.chargeLine}>
              <strong>{person}</strong>
              <span className="quiet grow clip">{line && [spoken(line.title), line.unit].join(' · ')}</span>
              {children.length > 1 && <span className="quiet num">{t('charge.people', { n })}</span>}
              {may && <Button disabled={busy} onClick={() => take(post, person)} aria-label={t('charge.take_from', { person })} data-testid={`take-${post}`}>{t('charge.take')}</Button>}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function To({ children, what, busy, act }: { children: Held[]; what: string; busy: boolean; act(moves: Moves, said: string): void }) {
  const { t } = useTranslation();
  const people = useAnswer('roster.people', {});
  const [chosen, choose] = useState<PostLine>();
  const [keep, setKeep] = useState(false);
  const [text, setText] = useState('');
  if (people.error) return <Trouble part fault={people.error} again={() => void people.refetch()} />;
  if (!people.data) return <Waiting />;
  const posts = people.data.flatMap((person) => person.posts).filter(({ may_hand: may }) => may)
    .sort((a, b) => ORDER.indexOf(a.role) - ORDER.indexOf(b.role));
  const found = posts.filter(({ person, unit }) => `${person} ${unit}`.includes(text.trim()));
  const replaces = chosen !== undefined && handed(children, chosen, false).take.length > 0;
  const hands = replaces && !keep;
  const send = () => chosen && act(handed(children, chosen, keep), t(hands ? 'charge.handed' : 'charge.assigned', { what, person: chosen.person }));
  return (
    <section aria-label={t('charge.to')}>
      <h3>{t('charge.to')}</h3>
      {posts.length >= SEARCH && <Input allowClear value={text} onChange={(event) => setText(event.target.value)} placeholder={t('charge.search')} aria-label={t('charge.search')} data-testid="charge-search" />}
      <div className={css.chargePosts} role="group" aria-label={t('charge.to')}>
        {found.map((post) => <One key={post.post} post={post} on={post.post === chosen?.post} hers={children.every(({ posts: held }) => held.some((charge) => charge.post === post.post))} choose={() => choose(post)} />)}
        {found.length === 0 && <p className="quiet">{t('people.nobody')}</p>}
      </div>
      {replaces && <p className={classes('quiet', css.chargeHint)}>{t('charge.hint')}</p>}
      <div className="row">
        <Button type="primary" disabled={!chosen} loading={busy} onClick={send} data-testid="charge-go">
          {chosen ? t(hands ? 'charge.hand_to' : 'charge.assign_to', { person: chosen.person }) : t('charge.hand')}
        </Button>
        {replaces && <Checkbox checked={keep} onChange={(event) => setKeep(event.target.checked)} data-testid="charge-keep">{t('charge.keep')}</Checkbox>}
      </div>
    </section>
  );
}

function One({ post, on, hers, choose }: { post: PostLine; on: boolean; hers: boolean; choose(): void }) {
  const { t } = useTranslation();
  return (
    <button type="button" aria-pressed={on} disabled={hers} className={css.chargePost} onClick={choose} data-testid={`to-${post.post}`}>
      <strong>{post.person}</strong>
      <span className="quiet grow clip">{[spoken(post.title), post.unit].join(' · ')}</span>
      <span className="quiet num">{hers ? t('charge.already') : t('people.children', { n: post.children })}</span>
    </button>
  );
}
