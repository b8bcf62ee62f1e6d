import { useDebouncedValue } from '@mantine/hooks';
import { unwrap } from '@postrider/client';
import type { EndpointOut } from '@postrider/contract';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useRef } from 'react';
import { hasStatus, query } from '../../lib/api';
import { useOpenSession } from '../session/session-scope';
import {
  isEndpointId,
  isUid,
  MOST_FOUND,
  MOST_LOOKED_AT,
  matchEndpoints,
  type Saying,
  sayingOf,
} from './choice';
import { useEndpointParams } from './queries';

const PAGE_SIZE = 250;
/** A search goes on behind the first page when the reader has stopped typing for so long. */
const SETTLE_MILLISECONDS = 250;
const FIRST_PAGE: string | undefined = undefined;

/** The newest endpoints, page after page as they are wanted; nothing is asked for while they are not. */
function usePages(isWanted: boolean) {
  const { api, session } = useOpenSession();
  return useInfiniteQuery({
    queryKey: ['endpointChoice', session.appId],
    queryFn: ({ pageParam, signal }: { pageParam: string | undefined; signal: AbortSignal }) =>
      unwrap(
        api.endpoint.list({
          params: { app_id: session.appId },
          query: { limit: PAGE_SIZE, iterator: pageParam },
          fetchOptions: { signal },
        }),
      ),
    initialPageParam: FIRST_PAGE,
    getNextPageParam: ({ done, iterator }, pages) =>
      done || pages.length * PAGE_SIZE >= MOST_LOOKED_AT ? undefined : (iterator ?? undefined),
    enabled: isWanted,
    // Asking again for all pages that were looked through is dear; what a reader changes here makes them stale.
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** The endpoint that goes by this name, its id or uid. */
function useNamed(name: string, isWanted: boolean) {
  const { api } = useOpenSession();
  const { data, error, isFetching } = useQuery({
    ...query('endpoint', api.endpoint.get, { params: useEndpointParams(name) }),
    enabled: isWanted,
  });
  return { data, isFetching, hasFailed: isWanted && error !== null && !hasStatus(error, 404) };
}

export interface EndpointChoice {
  readonly endpoints: readonly EndpointOut[];
  readonly saying: Saying;
  /** How many were looked through so far. */
  readonly lookedAt: number;
  /** Loads the next page, where there is one. */
  readonly loadMore: () => void;
}

/**
 * Endpoints to choose from. The list of the API cannot be searched: pages are walked through until enough match the
 * text, while an id or uid is looked up at once.
 */
export function useEndpointChoice(typed: string, isOpen: boolean): EndpointChoice {
  const text = typed.trim();
  const [settled] = useDebouncedValue(text, SETTLE_MILLISECONDS);
  const isSearching = text !== '';
  const isSettled = settled === text;
  const pages = usePages(isOpen);
  const loaded = useMemo(() => pages.data?.pages.flatMap(({ data }) => data) ?? [], [pages.data]);
  const found = useMemo(() => matchEndpoints(loaded, text), [loaded, text]);
  const isWhole = pages.data?.pages.at(-1)?.done === true;

  const isId = isEndpointId(settled);
  const mayBeUid = isUid(settled) && pages.data !== undefined && !isWhole;
  const named = useNamed(settled, isOpen && isSettled && found.length === 0 && (isId || mayBeUid));
  const hit = isSearching && isSettled && found.length === 0 ? named.data : undefined;

  const isEnough = found.length >= MOST_FOUND || hit !== undefined || isId;
  const hasMore = pages.hasNextPage || (pages.isError && pages.data === undefined);
  const goesOn = isOpen && isSearching && isSettled && !isEnough && hasMore;
  const tried = useRef<string>(undefined);
  useEffect(() => {
    // After a failure the same text is not tried for ever; typing on tries again.
    if (!goesOn || pages.isFetching || (pages.isError && tried.current === settled)) return;
    tried.current = settled;
    void pages.fetchNextPage();
  }, [goesOn, pages.isFetching, pages.isError, pages.fetchNextPage, settled]);

  const offered = hit === undefined ? found : [hit];
  const endpoints = isSearching ? offered.slice(0, MOST_FOUND) : offered;
  const saying = sayingOf({
    isSearching,
    isLooking: !isSettled || goesOn || named.isFetching || (pages.isPending && !isId),
    hasFailed: (pages.isError && !pages.isFetching && !isId) || named.hasFailed,
    offered: endpoints.length,
    isWhole: isWhole || isId,
  });
  const loadMore = () => {
    if (!isSearching && pages.hasNextPage && !pages.isFetching) void pages.fetchNextPage();
  };
  return { endpoints, saying, lookedAt: loaded.length, loadMore };
}
