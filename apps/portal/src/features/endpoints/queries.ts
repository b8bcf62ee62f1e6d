import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { query } from '../../lib/api';
import { limitParallel } from '../../lib/parallel';
import { useOpenSession } from '../session/session-scope';

const PAGE_SIZE = 20;
const ROW_STALE_MILLISECONDS = 30_000;

/** A page of endpoints, newest first. */
export function useEndpoints(iterator: string | undefined) {
  const { api, session } = useOpenSession();
  const args = { params: { app_id: session.appId }, query: { limit: PAGE_SIZE, iterator } };
  return useQuery({ ...query('endpoints', api.endpoint.list, args), placeholderData: keepPreviousData });
}

/** A page of endpoints with one more, which tells where the page ends. */
export function useEndpointsAndNext(iterator: string | undefined, size: number) {
  const { api, session } = useOpenSession();
  const args = { params: { app_id: session.appId }, query: { limit: size + 1, iterator } };
  return useQuery({
    ...query('endpointsAndNext', api.endpoint.list, args),
    placeholderData: keepPreviousData,
  });
}

/** The path parameters of an endpoint's operations. */
export function useEndpointParams(endpointId: string) {
  const { session } = useOpenSession();
  return { app_id: session.appId, endpoint_id: endpointId };
}

export function useEndpoint(endpointId: string) {
  const { api } = useOpenSession();
  return useQuery(query('endpoint', api.endpoint.get, { params: useEndpointParams(endpointId) }));
}

/** The endpoint's attempts since an instant, counted; of the last 28 days where none is given. */
export function useEndpointStats(endpointId: string, since?: string) {
  const { api } = useOpenSession();
  const args = { params: useEndpointParams(endpointId), query: { since } };
  return useQuery({
    ...query('endpointStats', api.endpoint.getStats, args),
    placeholderData: keepPreviousData,
  });
}

/** Figures of rows are asked for a few at a time, so that they do not hold up what the reader clicks on. */
const askFew = limitParallel(4);

/** The endpoint's ended attempts of the last 28 days, counted: what a row of a list needs. */
export function useEndpointAttemptStats(endpointId: string, isWanted: boolean) {
  const { api } = useOpenSession();
  const args = { params: useEndpointParams(endpointId), query: {} };
  const call = (wish: typeof args) => askFew(() => api.endpoint.getAttemptStats(wish));
  return useQuery({
    ...query('endpointAttemptStats', call, args),
    staleTime: ROW_STALE_MILLISECONDS,
    enabled: isWanted,
  });
}

/** How many of the latest attempts say whether an endpoint is failing. */
const HEALTH_ATTEMPTS = 20;

/** The endpoint's latest attempts, for judging how it does. */
export function useLatestAttempts(endpointId: string) {
  const { api } = useOpenSession();
  const args = {
    params: useEndpointParams(endpointId),
    query: { limit: HEALTH_ATTEMPTS, with_content: false, expanded_statuses: true },
  };
  return useQuery(query('latestAttempts', api.messageAttempt.listByEndpoint, args));
}

export function useEndpointHeaders(endpointId: string) {
  const { api } = useOpenSession();
  return useQuery(
    query('endpointHeaders', api.endpoint.getHeaders, { params: useEndpointParams(endpointId) }),
  );
}
