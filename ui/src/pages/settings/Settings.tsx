// 设置: who works here, what waits and why, how the screen looks, and the keys of the store.
import { useTranslation } from 'react-i18next';
import { About, Learn } from './About';
import { Keys } from './Keys';
import { Looks } from './Looks';
import { Me } from './Me';
import { Sync } from './Sync';
import css from './settings.module.css';

export default function Settings() {
  const { t } = useTranslation();
  return (
    <>
      <header className="head"><h1>{t('settings.title')}</h1></header>
      <div className={css.settings}>
        <div className="stack"><Me /><Sync /><About /></div>
        <div className="stack"><Looks /><Keys /><Learn /></div>
      </div>
    </>
  );
}
