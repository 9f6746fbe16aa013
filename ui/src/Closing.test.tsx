import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { App } from 'antd';
import { afterEach, expect, test, vi } from 'vitest';
import { queries } from '@/api';
import '@/text';
import Closing from './Closing';

afterEach(cleanup);

function shown() {
  const stay = vi.fn();
  render(<QueryClientProvider client={queries}><App><Closing waiting={3} stay={stay} /></App></QueryClientProvider>);
  return stay;
}

test('it is said that nothing is lost, and Enter closes', async () => {
  shown();
  expect(screen.getByText('还有 3 条没有上传')).toBeTruthy();
  expect(screen.getByTestId('closing').textContent).toContain('留在这台电脑上');
  await vi.waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('closing-yes')));
});

test('Escape stays', () => {
  const stay = shown();
  fireEvent.keyDown(document.activeElement ?? document.body, { key: 'Escape', keyCode: 27 });
  expect(stay).toHaveBeenCalled();
});
