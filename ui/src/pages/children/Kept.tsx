// Filters kept under a name, on this device (setting `filters`), and beside them the children looked at last.
import { CloseOutlined, PushpinOutlined } from '@ant-design/icons';
import { Button, Input, Popover } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAct, useAnswer } from '../../api';
import { onEnter } from '../../parts/keys';
import { savedNow } from '../../parts/saved';
import { Chip } from './Filters';
import { Recent } from './Seen';
import { asKept, narrows, type Kept as One, type Wanted } from './filter';
import { classes } from '../../style/classes';
import css from './children.module.css';

const MOST = 12;

export function Kept({ wanted, apply, clear }: { wanted: Wanted; apply(params: Wanted): void; clear(): void }) {
  const { t } = useTranslation();
  const kept = asKept(useAnswer('settings.get', {}).data?.values.filters);
  const set = useAct('settings.set');
  const [naming, setNaming] = useState(false);
  const [name, setName] = useState('');
  const here = JSON.stringify(wanted);
  const known = kept.some(({ params }) => JSON.stringify(params) === here);
  const write = (filters: One[]) => set.mutate({ key: 'filters', value: filters }, { onSuccess: savedNow });
  const keep = () => {
    if (!name.trim()) return;
    write([...kept.filter((one) => one.name !== name.trim()), { name: name.trim().slice(0, 20), params: wanted }].slice(-MOST));
    setNaming(false);
    setName('');
  };
  return (
    <div className={classes(css.chips, css.keptRow)} data-testid="kept">
      {kept.length > 0 && <span className="quiet">{t('children.kept')}</span>}
      {kept.map((one) => (
        <span className={css.kept} key={one.name}>
          <Chip on={JSON.stringify(one.params) === here} flip={() => apply(one.params)}>{one.name}</Chip>
          <button type="button" className={css.forget} aria-label={t('children.forget', { name: one.name })} title={t('children.forget', { name: one.name })} onClick={() => write(kept.filter((other) => other !== one))}><CloseOutlined /></button>
        </span>
      ))}
      {narrows(wanted) && !known && (
        <Popover
          open={naming} onOpenChange={setNaming} trigger="click" placement="bottomLeft"
          content={(
            <div className="row" style={{ flexWrap: 'nowrap' }}>
              <Input autoFocus maxLength={20} value={name} onChange={(event) => setName(event.target.value)} onKeyDown={onEnter(keep)} placeholder={t('children.keep_name')} aria-label={t('children.keep_name')} data-testid="keep-name" />
              <Button type="primary" onClick={keep} data-testid="keep-save">{t('words.ok')}</Button>
            </div>
          )}
        >
          <Button type="text" size="small" icon={<PushpinOutlined />} data-testid="keep">{t('children.keep')}</Button>
        </Popover>
      )}
      {narrows(wanted) ? <Button type="text" size="small" icon={<CloseOutlined />} onClick={clear} data-testid="filters-clear">{t('children.clear')}</Button> : <Recent />}
    </div>
  );
}
