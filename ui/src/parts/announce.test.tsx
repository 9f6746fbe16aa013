import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { App } from 'antd';
import { afterEach, expect, test } from 'vitest';
import { announce } from './announce';

afterEach(cleanup);

function Saves() {
  const { message } = App.useApp();
  return <button type="button" onClick={() => void announce(message).success('已保存', 1)}>save</button>;
}

const pass = (ms: number) => act(() => new Promise((over) => setTimeout(over, ms)));
/** Where it stands; what only moves away here, without a screen, is gone. */
const words = () => screen.queryAllByText('已保存').filter((word) => !word.closest('[class*="-leave"]'));

test('fifteen saves one after the other are one word, which goes after the time of the last', async () => {
  render(<App message={{ maxCount: 2 }}><Saves /></App>);
  for (let n = 0; n < 14; n += 1) fireEvent.click(screen.getByText('save'));
  await screen.findByText('已保存');
  await pass(700);
  fireEvent.click(screen.getByText('save'));
  await pass(700);
  expect(words().length).toBe(1);
  await pass(1500);
  expect(words().length).toBe(0);
}, 10_000);
