// Text size (seen at once), elder mode, language.
import { Radio, Switch } from 'antd';
import { useTranslation } from 'react-i18next';
import { useAct, useAnswer } from '../../api';
import { useLook } from '../../look';
import { savedNow } from '../../parts/saved';
import { SIZES } from '../../style/theme';
import { Panel, Setting } from './rows';

/** The core's name for it; on where nobody said. */
const ALIKE = 'search.alike';

function Alike() {
  const { t } = useTranslation();
  const settings = useAnswer('settings.get', {});
  const keep = useAct('settings.set');
  return <Switch checked={settings.data?.values[ALIKE] !== false} onChange={(value) => keep.mutate({ key: ALIKE, value }, { onSuccess: savedNow })} aria-label={t('settings.alike')} data-testid="search-alike" />;
}

export function Looks() {
  const { t } = useTranslation();
  const { look, setLook } = useLook();
  const names = [t('settings.size_usual'), t('settings.size_large'), t('settings.size_larger'), t('settings.size_largest')];
  return (
    <Panel title={t('settings.looks')} testid="settings-looks">
      <Setting name={t('settings.size')}>
        <Radio.Group
          optionType="button" value={look.size} onChange={(e) => setLook({ size: e.target.value as (typeof SIZES)[number] })} aria-label={t('settings.size')}
          options={SIZES.map((size, n) => ({ value: size, label: <span data-testid={`size-${size}`}>{names[n]}</span> }))}
        />
      </Setting>
      <Setting name={t('settings.elder')} hint={t('settings.elder_hint')}>
        <Switch checked={look.elder} onChange={(elder) => setLook({ elder })} aria-label={t('settings.elder')} data-testid="elder" />
      </Setting>
      <Setting name={t('settings.alike')} hint={t('settings.alike_hint')}><Alike /></Setting>
      <Setting name={t('settings.language')}>
        <Radio.Group
          optionType="button" value={look.language} onChange={(e) => setLook({ language: e.target.value as 'zh' | 'en' })} aria-label={t('settings.language')}
          options={[{ value: 'zh', label: <span lang="zh-CN" data-testid="language-zh">中文</span> }, { value: 'en', label: <span lang="en" data-testid="language-en">English</span> }]}
        />
      </Setting>
    </Panel>
  );
}
