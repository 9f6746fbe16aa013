// Everybody's cards, closed files too: a note may be about a child whose file is closed, and has its name.
import { useAnswer, type Card, type Fault } from '../api';

export function useEverybody(): { cards: Card[]; error: Fault | null } {
  const open = useAnswer('children.list', {});
  const closed = useAnswer('children.list', { closed: true });
  return { cards: [...(open.data?.cards ?? []), ...(closed.data?.cards ?? [])], error: open.error };
}
