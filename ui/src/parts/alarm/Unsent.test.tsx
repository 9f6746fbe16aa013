import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen } from '@testing-library/react';
import { App } from 'antd';
import { afterEach, expect, test } from 'vitest';
import { queries, type Alarm, type DraftLine } from '@/api';
import { setTransport } from '@/api/transport';
import '@/text';
import { UnsentOf } from './Unsent';

afterEach(() => {
  cleanup();
  queries.clear();
});

const line = (draft: string, more: Partial<DraftLine>): DraftLine => ({ draft, form: 'alarm', children: ['c1'], about: `about ${draft}`, names: ['张小明'], opening: draft, saved: 0, ...more });

test('a child’s page shows what was begun about an alarm that is answered, and leaves the box to one that waits', async () => {
  const drafts = [line('答了的', {}), line('还等着的', { about: 'waits' }), line('别的孩子的', { children: ['c2'] }), line('评估', { form: 'assessment', about: null })];
  const opened: string[] = [];
  setTransport({
    data: async (name, args) => {
      if (name === 'draft.list') return drafts;
      const { draft } = args as { draft: string };
      opened.push(draft);
      return { values: { note: draft } };
    },
    listen: () => () => undefined,
  });
  render(<QueryClientProvider client={queries}><App><UnsentOf child="c1" waiting={[{ record: 'waits' } as Alarm]} /></App></QueryClientProvider>);
  expect((await screen.findByTestId('unsent')).textContent).toContain('已有回复，这里是您没发出的话答了的');
  expect(opened).toEqual(['答了的']);
});
