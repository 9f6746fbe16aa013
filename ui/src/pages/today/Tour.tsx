// The short tour: a few stops, each one sentence; a station is shown its day's end as well.
import { Tour as Stops } from 'antd';
import { useTranslation } from 'react-i18next';
import { useAct, useAnswer, type Today } from '../../api';
import { endTour } from '../../tour';
import css from './today.module.css';

/** The first of these that is on the page. */
const at = (...found: string[]) => () => found.map((css) => document.querySelector<HTMLElement>(css)).find((element) => element !== null) ?? document.body;
const id = (name: string) => `[data-testid="${name}"]`;

/** A stop names only what is on the page: a button 写走访 where somebody is due whom she visits, sums where a station has anybody due. */
export default function Tour({ today }: { today: Today }) {
  const { t } = useTranslation();
  const station = useAnswer('me', {}).data?.station ?? false;
  const keep = useAct('settings.set');
  function end() {
    endTour();
    keep.mutate({ key: 'toured', value: true });
  }
  const [cards, sums] = [[...today.overdue, ...today.due].some(({ may }) => may.includes('visit')), today.overdue.length + today.due.length + today.coming.length > 0];
  const first = station
    ? [
      { target: at(id('today-sums'), id('today-lead')), title: t('today.tour_station'), description: t(sums ? 'today.tour_station_more' : 'today.tour_station_none'), placement: 'bottomLeft' as const },
      { target: at(id('nav-dayend')), title: t('today.tour_dayend'), description: t('today.tour_dayend_more'), placement: 'right' as const },
    ]
    : [{ target: at(id('visit-card'), id('today-lead')), title: t('today.tour_today'), description: t(cards ? 'today.tour_today_more' : 'today.tour_today_none'), placement: 'bottomLeft' as const }];
  const stops = [
    ...first,
    { target: at(id('nav-find')), title: t('today.tour_find'), description: t('today.tour_find_more'), placement: 'right' as const },
    { target: at(id('status')), title: t('today.tour_saved'), description: t('today.tour_saved_more'), placement: 'top' as const },
    { target: at(id('nav-settings')), title: t('today.tour_settings'), description: t('today.tour_settings_more'), placement: 'right' as const },
  ];
  return (
    <Stops
      open onClose={end} onFinish={end}
      steps={stops.map((stop, n) => ({
        ...stop,
        prevButtonProps: { children: t('today.tour_back') },
        nextButtonProps: { children: n + 1 < stops.length ? t('today.tour_next') : t('today.tour_end') },
      }))}
      actionsRender={(buttons, { current, total }) => (
        <>
          {current + 1 < total && <button type="button" className={css.tourSkip} onClick={end} data-testid="tour-skip">{t('today.tour_skip')}</button>}
          {buttons}
        </>
      )}
    />
  );
}
