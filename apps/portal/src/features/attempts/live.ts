import { useEndpointParams } from '../endpoints/queries';
import { canGrow, type Filters, toLabelQuery } from '../filters/filters';
import { useLive } from '../live/use-live';
import { STATUS } from './queries';

/** New attempts for an endpoint's list with these filters. */
export function useLiveAttempts(endpointId: string, filters: Filters, reload: () => Promise<unknown>) {
  const params = useEndpointParams(endpointId);
  const query = {
    ...toLabelQuery(filters),
    status: filters.status === undefined ? undefined : STATUS[filters.status],
  };
  return useLive({
    key: JSON.stringify([endpointId, query]),
    isEnabled: canGrow(filters),
    follow: (live, place) => live.attempts({ params, query, ...place }),
    reload,
  });
}
