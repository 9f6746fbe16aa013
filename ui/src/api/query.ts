// Queries that run again when what they show was touched.
import { listens, type Calls } from '@calls';
import { QueryClient, useMutation, useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { Fault, News } from './shell';
import { asFault, call, type AllCalls, type Answer, type Args, type CallName } from './transport';

type Look = { [N in keyof Calls]: (typeof listens)[N] extends readonly [] ? never : N }[keyof Calls];

export const queries = new QueryClient({
  defaultOptions: {
    // `always`: the library would pause everything when the browser says "offline", which is our normal day
    queries: { networkMode: 'always', retry: false, staleTime: Infinity, refetchOnWindowFocus: false },
    mutations: { networkMode: 'always', retry: false },
  },
});

/** The answer of a call, asked again whenever one of its tags is touched. */
export function useAnswer<N extends Look | 'forms' | 'child.check' | 'shell.state'>(name: N, args: Args<N>, on = true): UseQueryResult<Answer<N>, Fault> {
  const answer = useQuery({
    queryKey: [name, args],
    queryFn: () => call(name, args).catch((thrown: unknown) => Promise.reject(asFault(thrown))),
    enabled: on,
    placeholderData: (before: unknown) => before as never,
  }) as UseQueryResult<Answer<N>, Fault>;
  // what was answered before this computer was stopped is shown no more
  return answer.error?.code === 'revoked' ? ({ ...answer, data: undefined } as UseQueryResult<Answer<N>, Fault>) : answer;
}

/** A call that does something. Awaiting `mutateAsync` throws a {@link Fault}. */
export function useAct<N extends CallName>(name: N) {
  return useMutation<Answer<N>, Fault, Args<N>>({
    mutationFn: (args) => call(name, args).catch((thrown: unknown) => Promise.reject(asFault(thrown))),
  });
}

/** Whether an answer may be another one after this tag. `child:<id>` concerns who asked for that id. */
export function concerns(tag: string, name: string, args: unknown): boolean {
  const [kind, id] = tag.split(':');
  if (!(listens[name as keyof Calls] ?? []).includes(kind ?? '')) return false;
  if (id === undefined || name === 'today' || name === 'dayend') return true;
  const ids = Object.values((args ?? {}) as Record<string, unknown>);
  return ids.length === 0 || ids.includes(id);
}

/** Lets every query that one of the tags concerns run again. */
export function touched(tags: string[]) {
  void queries.invalidateQueries({
    predicate: ({ queryKey: [name, args] }) => tags.some((tag) => concerns(tag, String(name), args)),
  });
}

/** What the shell says goes into the cache, and wakes who listens. */
export function onNews(news: News) {
  if ('touched' in news) touched(news.touched);
  if ('state' in news) queries.setQueryData(['shell.state', {}], news.state);
}

export type { AllCalls };
