import { canGrow, type Filters, toLabelQuery } from '../filters/filters';
import { useLive } from '../live/use-live';
import { useOpenSession } from '../session/session-scope';

/** New messages for a list with these filters. */
export function useLiveMessages(filters: Filters, reload: () => Promise<unknown>) {
  const { session } = useOpenSession();
  const query = toLabelQuery(filters);
  return useLive({
    key: JSON.stringify(query),
    isEnabled: canGrow(filters),
    follow: (live, place) => live.messages({ params: { app_id: session.appId }, query, ...place }),
    reload,
  });
}
