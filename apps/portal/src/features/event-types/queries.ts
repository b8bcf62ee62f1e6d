import { paginate } from '@postrider/client';
import { useQuery } from '@tanstack/react-query';
import { collect, query } from '../../lib/api';
import { useOpenSession } from '../session/session-scope';

/** For how long the catalogue is taken as it is: operators change it now and then. */
const STALE_MILLISECONDS = 60_000;

/** So many event types are loaded at most: 20 pages of the API. */
export const MOST_TYPES = 5_000;

/** The event types that the session sees, by name, without their schemas. */
export function useEventTypes() {
  const { api } = useOpenSession();
  return useQuery({
    queryKey: ['eventTypes'],
    staleTime: STALE_MILLISECONDS,
    queryFn: ({ signal }) =>
      collect(paginate(api.eventType.list, { query: { limit: 250 }, fetchOptions: { signal } }), MOST_TYPES),
  });
}

/** One event type with its schemas; nothing is asked for while there is no name. */
export function useEventType(name: string | undefined) {
  const { api } = useOpenSession();
  return useQuery({
    ...query('eventType', api.eventType.get, { params: { event_type_name: name ?? '' } }),
    staleTime: STALE_MILLISECONDS,
    enabled: name !== undefined,
  });
}
