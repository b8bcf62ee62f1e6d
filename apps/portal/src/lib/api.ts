import { ApiError, type CallResult, type Client, createClient, unwrap } from '@postrider/client';
import { MutationCache, QueryCache, QueryClient, queryOptions } from '@tanstack/react-query';

/** True for an answer that means: this token, or code, is not or no longer good. */
export const isUnauthorized = (error: unknown): boolean => hasStatus(error, 401);

/** True for an error that is an answer of this status, not a fault on the way. */
export const hasStatus = (error: unknown, status: number): boolean =>
  error instanceof ApiError && error.status === status;

/** The API of the server that this page came from. Without a token only public operations work. */
export const openApi = (token?: string): Client => createClient({ serverUrl: '', token });

interface CallOptions {
  readonly fetchOptions?: { readonly signal?: AbortSignal };
}

/**
 * Query options for an operation of the client: `useQuery(query('application', api.application.get, { params }))`.
 * The data is the body of the success answer; any other answer is thrown as ApiError.
 *
 * @param key names the operation; together with `args` it is the key in the cache
 */
export function query<Args, Result extends CallResult>(
  key: string,
  call: (args: Args) => Promise<Result>,
  args: Args,
) {
  return queryOptions({
    queryKey: [key, args] as const,
    queryFn: ({ signal }) => unwrap(call(withSignal(args, signal))),
  });
}

/** The items of a walk through pages, but no more than `most`: no page is asked for behind them. */
export async function collect<T>(items: AsyncIterable<T>, most: number): Promise<readonly T[]> {
  const collected: T[] = [];
  for await (const item of items) {
    collected.push(item);
    if (collected.length >= most) break;
  }
  return collected;
}

/** Lets TanStack end a call that nobody waits for. Safe: every operation of the client takes `fetchOptions`. */
function withSignal<Args>(args: Args, signal: AbortSignal): Args {
  const options: CallOptions = { fetchOptions: { signal } };
  return { ...args, ...options };
}

/**
 * A cache for one session; it goes when the session goes, so no session sees what another one loaded.
 *
 * @param onUnauthorized the server no longer knows the session
 */
export function createQueryClient(onUnauthorized: () => void): QueryClient {
  const onError = (error: unknown) => {
    if (isUnauthorized(error)) onUnauthorized();
  };
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      // The client has repeated what is worth repeating; and a device that thinks it is offline may be wrong.
      queries: { retry: false, networkMode: 'always' },
      mutations: { retry: false, networkMode: 'always' },
    },
  });
}
