// The calendar behind a day's input; loaded when it is first asked for.
import { DatePicker } from 'antd';
import dayjs from 'dayjs';
import 'dayjs/locale/zh-cn';
import css from './child.module.css';

export default function Calendar({ from, hide, picked }: { from: string; hide(): void; picked(day: string): void }) {
  return (
    <DatePicker
      open autoFocus className={css.hiddenPicker} defaultPickerValue={dayjs(from)} onOpenChange={(open) => !open && hide()}
      onChange={(day) => { hide(); if (day) picked(day.format('YYYY-MM-DD')); }}
    />
  );
}
