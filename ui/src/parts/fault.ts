// What went wrong, said low on the page.
import type { MessageInstance } from 'antd/es/message/interface';
import { asFault } from '../api';
import { spoken } from '../text';

/** How long a fault stands, in seconds: it says what to do next, and is read to its end. */
const LONG = 6;

/** Says a fault. That the desk was locked meanwhile is no fault: the lock screen says it, and nothing red waits behind it. */
export function tell(message: MessageInstance, thrown: unknown) {
  const fault = asFault(thrown);
  if (fault.code !== 'locked') void message.error(spoken(fault), LONG);
}
