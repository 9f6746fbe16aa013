// 疑似重复: two files that may be of the same child, until somebody says that they are not.
import { Link } from '@tanstack/react-router';
import { App, Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { call, useAnswer, type Card, type Pair } from '../../api';
import { TABLES, useCoded } from '../../parts/coded';
import { tell } from '../../parts/fault';
import { announce } from '../../parts/announce';
import { savedNow } from '../../parts/saved';
import { Trouble } from '../../parts/standing';
import { classes } from '../../style/classes';
import css from './dayend.module.css';

export function Doubles() {
  const { t } = useTranslation();
  const apart = useApart();
  const pairs = useAnswer('doubles.list', {});
  if (pairs.error) return <Trouble part fault={pairs.error} again={() => void pairs.refetch()} />;
  if (!pairs.data || pairs.data.length === 0) return null;
  return (
    <section className={classes('panel', css.dayendPart)} aria-label={t('dayend.doubles')} data-testid="doubles">
      <h2>{t('dayend.doubles')} <span className="quiet num">{pairs.data.length}</span></h2>
      <p className="quiet">{t('dayend.doubles_hint')}</p>
      <ul>
        {pairs.data.map((pair) => (
          <li key={pair.first.child + pair.second.child} className={css.double}>
            <One card={pair.first} /><One card={pair.second} />
            <div className="row">
              <span className="tag amber">{pair.why === 'document' ? t('dayend.same.document') : t('dayend.same.name_and_birth')}</span>
              <Button onClick={() => void apart(pair)} data-testid="apart">{t('dayend.apart')}</Button>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Somebody looked: two children. Said once, and taken back for a while. */
function useApart() {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const say = async ({ first, second }: Pair, apart: boolean) => {
    message.destroy('apart');
    try {
      await call('doubles.apart', { first: first.child, second: second.child, apart });
      savedNow();
      return true;
    } catch (thrown) {
      tell(message, thrown);
      return false;
    }
  };
  const back = async (pair: Pair) => void ((await say(pair, false)) && announce(message).success(t('words.undone'), 3));
  return async (pair: Pair) => {
    if (!(await say(pair, true))) return;
    const undo = <Button size="small" type="link" onClick={() => void back(pair)} data-testid="undo">{t('words.undo')}</Button>;
    void message.open({ key: 'apart', type: 'success', duration: 10, content: <span>{t('dayend.apart_said', { first: pair.first.name, second: pair.second.name })} {undo}</span> });
  };
}

function One({ card }: { card: Card }) {
  const coded = useCoded();
  return (
    <Link to="/child/$child" params={{ child: card.child }} className={css.doubleOne}>
      <strong>{card.name}</strong> <span className="quiet num">{[coded(TABLES.sex, card.sex), card.birth, card.area?.name, card.posts[0]?.person].filter(Boolean).join(' · ')}</span>
    </Link>
  );
}
