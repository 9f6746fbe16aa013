import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, expect, test, vi } from 'vitest';
import { onNews, queries, useAnswer } from '@/api';
import { setTransport } from '@/api/transport';
import '@/text';
import { useStopped } from './anew';

afterEach(() => {
  cleanup();
  queries.clear();
});

function Names() {
  const stopped = useStopped();
  const all = useAnswer('children.list', {});
  return <p data-testid="names">{stopped ? 'stopped ' : ''}{all.data?.cards.map(({ name }) => name).join(' ')}</p>;
}

test('a computer stopped while the program is open shows no name from then on', async () => {
  let revoked = false;
  setTransport({
    data: async (name) => {
      if (name === 'sync.state') return { revoked };
      if (revoked) throw { code: 'revoked', about: '', text: '', en: '' };
      return { cards: [{ name: '张小明' }] };
    },
    listen: () => () => undefined,
  });
  render(<QueryClientProvider client={queries}><Names /></QueryClientProvider>);
  await screen.findByText('张小明');
  revoked = true;
  // the stop touches `sync` only
  onNews({ touched: ['sync'] } as never);
  await vi.waitFor(() => expect(screen.getByTestId('names').textContent).toBe('stopped '));
});
