import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { query } from '../../lib/api';
import { useChange } from '../../lib/change';
import { useEndpointParams } from '../endpoints/queries';
import { type Filters, toListQuery } from '../filters/filters';
import { useOpenSession } from '../session/session-scope';

/** Success and fail as numbers of the wire. */
export const STATUS = { success: 0, fail: 2 } as const;

/** A page of an endpoint's attempts, newest first, with their messages. */
export function useEndpointAttempts(endpointId: string, filters: Filters) {
  const { api } = useOpenSession();
  const args = {
    params: useEndpointParams(endpointId),
    query: {
      ...toListQuery(filters, new Date()),
      status: filters.status === undefined ? undefined : STATUS[filters.status],
      with_content: false,
      with_msg: true,
      expanded_statuses: true,
    },
  };
  return useQuery({
    ...query('endpointAttempts', api.messageAttempt.listByEndpoint, args),
    placeholderData: keepPreviousData,
  });
}

/** The headers of an attempt; asked for once it is open. */
export function useAttemptHeaders(messageId: string, attemptId: string, isOpen: boolean) {
  const { api, session } = useOpenSession();
  const params = { app_id: session.appId, msg_id: messageId, attempt_id: attemptId };
  return useQuery({
    ...query('attemptHeaders', api.messageAttempt.getHeaders, { params }),
    enabled: isOpen,
    // An attempt is never changed once it is written.
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** Sends a message to an endpoint once more. */
export function useResend() {
  const { api, session } = useOpenSession();
  return useChange(
    ({ messageId, endpointId }: { messageId: string; endpointId: string }) =>
      api.messageAttempt.resend({
        params: { app_id: session.appId, msg_id: messageId, endpoint_id: endpointId },
        headers: {},
      }),
    undefined,
    { startsWork: true },
  );
}
