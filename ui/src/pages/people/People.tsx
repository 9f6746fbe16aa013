// 人员与电脑: who works here, with how many children, and on which computers.
import { SearchOutlined } from '@ant-design/icons';
import { Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAnswer } from '../../api';
import { Empty, Trouble, Waiting } from '../../parts/standing';
import { Person } from './Person';
import { named } from './named';
import { classes } from '../../style/classes';
import css from './people.module.css';

export default function People() {
  const { t } = useTranslation();
  const people = useAnswer('roster.people', {});
  const [text, setText] = useState('');
  if (people.error) return <Trouble fault={people.error} again={() => void people.refetch()} />;
  if (!people.data) return <Waiting />;
  const found = people.data.filter((person) => named(person, text));
  const computers = people.data.flatMap(({ devices }) => devices).filter(({ stopped }) => !stopped).length;
  return (
    <div className={css.peoplePage} data-testid="people">
      <header className={css.peopleHead}>
        <div className="row">
          <h1>{t('people.title')}</h1>
          <span className="quiet num">{t('people.sum', { people: people.data.length, computers })}</span>
        </div>
        <p className="quiet">{t('people.hint')}</p>
        <Input allowClear prefix={<SearchOutlined aria-hidden />} value={text} onChange={(event) => setText(event.target.value)} placeholder={t('people.search')} aria-label={t('people.search')} data-testid="people-search" />
      </header>
      {found.length > 0
        ? <ul className={classes('panel', css.people)}>{found.map((person) => <Person key={person.person} person={person} />)}</ul>
        : <Empty title={t('people.nobody')} hint={t('people.nobody_hint')} />}
    </div>
  );
}
