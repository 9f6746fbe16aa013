// 疑似重复: two files that may be of the same child.
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useAnswer, type Card } from '../../api';
import { TABLES, useCoded } from '../../parts/coded';
import { Trouble } from '../../parts/standing';

export function Doubles() {
  const { t } = useTranslation();
  const pairs = useAnswer('doubles.list', {});
  if (pairs.error) return <Trouble part fault={pairs.error} again={() => void pairs.refetch()} />;
  if (!pairs.data || pairs.data.length === 0) return null;
  return (
    <section className="panel dayend-part" aria-label={t('dayend.doubles')} data-testid="doubles">
      <h2>{t('dayend.doubles')} <span className="quiet num">{pairs.data.length}</span></h2>
      <p className="quiet">{t('dayend.doubles_hint')}</p>
      <ul>
        {pairs.data.map(({ first, second, why }) => (
          <li key={first.child + second.child} className="double">
            <One card={first} /><One card={second} />
            <span className="tag amber">{why === 'document' ? t('dayend.same.document') : t('dayend.same.name_and_birth')}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function One({ card }: { card: Card }) {
  const coded = useCoded();
  return (
    <Link to="/child/$child" params={{ child: card.child }} className="double-one">
      <strong>{card.name}</strong> <span className="quiet num">{[coded(TABLES.sex, card.sex), card.birth, card.area?.name, card.posts[0]?.person].filter(Boolean).join(' · ')}</span>
    </Link>
  );
}
