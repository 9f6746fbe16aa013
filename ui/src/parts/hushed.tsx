// Messages end with what they were said in.
import { App } from 'antd';
import { useEffect } from 'react';

/** What was said before the desk was locked, or in the other language, does not stand over what comes after. */
export function Hushed({ of }: { of: string }) {
  const { message } = App.useApp();
  useEffect(() => () => message.destroy(), [message, of]);
  return null;
}
