import { paginate } from '@postrider/client';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { collect, query } from '../../lib/api';
import { useOpenSession } from '../session/session-scope';

const PAGE_SIZE = 20;

/** A page of endpoints, newest first. */
export function useEndpoints(iterator: string | undefined) {
  const { api, session } = useOpenSession();
  const args = { params: { app_id: session.appId }, query: { limit: PAGE_SIZE, iterator } };
  return useQuery({ ...query('endpoints', api.endpoint.list, args), placeholderData: keepPreviousData });
}

/** Every endpoint of the application. */
export function useAllEndpoints() {
  const { api, session } = useOpenSession();
  const params = { app_id: session.appId };
  return useQuery({
    queryKey: ['allEndpoints'],
    queryFn: ({ signal }) =>
      collect(paginate(api.endpoint.list, { params, query: { limit: 250 }, fetchOptions: { signal } })),
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
