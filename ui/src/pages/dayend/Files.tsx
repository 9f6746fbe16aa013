// What changed in files that day, child by child; the sentences are Rust's.
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { FileChanged } from '../../api';
import { listed, spoken } from '../../text';
import { classes } from '../../style/classes';
import css from './dayend.module.css';

const FILES = 12;
const WORDS = 6;

export function Files({ all, imported }: { all: FileChanged[]; imported: number }) {
  const { t } = useTranslation();
  const [most, setMost] = useState(FILES);
  // changes of what was there before asked for a look; files begun that day are many when a ledger came in
  const sorted = [...all].sort((a, b) => Number(a.new) - Number(b.new));
  const begun = all.filter((file) => file.new).length;
  return (
    <section className={classes('panel', css.dayendPart)} aria-label={t('dayend.files')}>
      <h2>{t('dayend.files')} {all.length > 0 && <span className="quiet num">{t('dayend.files_n', { n: all.length })}{begun > 0 && ` · ${t('dayend.files_new', { n: begun })}`}{imported > 0 && ` · ${t('dayend.imported', { n: imported })}`}</span>}</h2>
      {all.length === 0 && <p className="quiet">{t('dayend.no_files')}</p>}
      <ul>{sorted.slice(0, most).map((file) => <li key={file.child}><Changed file={file} /></li>)}</ul>
      {all.length > most && <button type="button" className={css.dayendFold} onClick={() => setMost(most + 5 * FILES)}>{t('dayend.more_files', { n: Math.min(all.length - most, 5 * FILES) })}</button>}
    </section>
  );
}

function Changed({ file: { child, name, new: begun, lines } }: { file: FileChanged }) {
  const { t } = useTranslation();
  if (begun) {
    return (
      <div className={css.changed} data-testid="dayend-file">
        <Link to="/child/$child" params={{ child }} className={css.changedNew}><strong>{name}</strong><span className="tag blue">{t('dayend.file_new')}</span></Link>
      </div>
    );
  }
  const people = listed([...new Set(lines.map(({ who }) => who.person))]);
  return (
    <details className={css.changed} data-testid="dayend-file">
      <summary>
        <strong>{name}</strong>
        <span className="quiet clip grow">{people}</span>
        <span className="quiet num">{t('dayend.lines', { n: lines.length })}</span>
      </summary>
      <ul>{lines.slice(0, WORDS).map((line) => <li key={line.change + line.key}>{spoken(line.words)}</li>)}</ul>
      <Link to="/child/$child" params={{ child }}>{t('visit.open_file')}</Link>
    </details>
  );
}
