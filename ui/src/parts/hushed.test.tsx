import { act, render, screen } from '@testing-library/react';
import { App } from 'antd';
import { expect, test } from 'vitest';
import { Hushed } from './hushed';

function Said() {
  const { message } = App.useApp();
  return <button type="button" onClick={() => void message.error('已锁定，请输入口令打开。', 60)}>说</button>;
}

test('what was said before locking, or in the other language, goes with it', async () => {
  const page = (of: string) => <App message={{ transitionName: '' }}><Hushed of={of} /><Said /></App>;
  const { rerender } = render(page('open zh'));
  act(() => screen.getByText('说').click());
  await screen.findByText(/已锁定/);
  rerender(page('open en'));
  await expect.poll(() => screen.queryByText(/已锁定/), { timeout: 5000 }).toBeNull();
});
