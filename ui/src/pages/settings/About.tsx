// Learning and about.
import { useNavigate } from '@tanstack/react-router';
import { App, Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { useAct, useAnswer } from '../../api';
import { spoken } from '../../text';
import { startTour } from '../../tour';
import { Panel, Setting } from './rows';

export function Learn() {
  const { t } = useTranslation();
  const go = useNavigate();
  const { message } = App.useApp();
  const shell = useAnswer('shell.state', {});
  const practice = useAct('shell.practice');
  const on = shell.data?.practice ?? false;
  function tour() {
    startTour();
    void go({ to: '/' });
  }
  return (
    <Panel title={t('settings.learn')} testid="settings-learn">
      <Setting name={t('settings.practice')} hint={t('settings.practice_hint')}>
        <Button loading={practice.isPending} onClick={() => practice.mutate({ on: !on }, { onError: (fault) => void message.error(spoken(fault), 6) })} data-testid="settings-practice">{on ? t('words.practice_leave') : t('settings.practice_go')}</Button>
      </Setting>
      <Setting name={t('settings.tour')}>
        <Button onClick={tour} data-testid="settings-tour">{t('settings.tour_go')}</Button>
      </Setting>
    </Panel>
  );
}

export function About() {
  const { t } = useTranslation();
  const shell = useAnswer('shell.state', {});
  return (
    <Panel title={t('settings.about')} testid="settings-about">
      <p style={{ margin: 0 }}>{t('start.version', { version: shell.data?.version ?? '' })} · {t('settings.licence')}</p>
      <p className="quiet" style={{ margin: 0 }}>{t('settings.synthetic')}</p>
    </Panel>
  );
}
