import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { query } from '../../lib/api';
import { type Filters, toListQuery } from '../filters/filters';
import { useOpenSession } from '../session/session-scope';

/** A page of messages without their payloads, newest first. */
export function useMessages(filters: Filters) {
  const { api, session } = useOpenSession();
  const args = {
    params: { app_id: session.appId },
    query: { ...toListQuery(filters, new Date()), with_content: false },
  };
  return useQuery({ ...query('messages', api.message.list, args), placeholderData: keepPreviousData });
}

function useMessageParams(messageId: string) {
  const { session } = useOpenSession();
  return { app_id: session.appId, msg_id: messageId };
}

/** A message, by its id or the operator's own id of it. */
export function useMessage(messageId: string) {
  const { api } = useOpenSession();
  const params = useMessageParams(messageId);
  return useQuery(query('message', api.message.get, { params, query: {} }));
}

/** The payload letter by letter. */
export function useRawPayload(messageId: string) {
  const { api } = useOpenSession();
  return useQuery(query('rawPayload', api.message.getRawPayload, { params: useMessageParams(messageId) }));
}

/** How many endpoints of a message are looked at: a page of the API. */
const MAX_DESTINATIONS = 250;

/**
 * The endpoints that the message was sent to, each with how it stands, in the order of their ids.
 *
 * @param behind only endpoints whose id sorts behind this one
 * @param isWanted nothing is asked for while it is false
 */
export function useDestinations(messageId: string, behind?: string, isWanted = true) {
  const { api } = useOpenSession();
  const args = { params: useMessageParams(messageId), query: { limit: MAX_DESTINATIONS, iterator: behind } };
  return useQuery({
    ...query('destinations', api.messageAttempt.listAttemptedDestinations, args),
    enabled: isWanted,
  });
}

/** How many attempts of a message are looked at; more than a schedule has, with some made by hand. */
const MAX_ATTEMPTS = 250;

/** The message's attempts at all endpoints, newest first. */
export function useMessageAttempts(messageId: string) {
  const { api } = useOpenSession();
  const args = {
    params: useMessageParams(messageId),
    query: { limit: MAX_ATTEMPTS, expanded_statuses: true },
  };
  return useQuery(query('messageAttempts', api.messageAttempt.listByMsg, args));
}

/** How many attempts at one endpoint are looked at where a message has too many for one page. */
const MAX_OF_ENDPOINT = 50;

/** The message's attempts at one endpoint; only where they are wanted. */
export function useAttemptsAt(messageId: string, endpointId: string, isWanted: boolean) {
  const { api } = useOpenSession();
  const args = {
    params: useMessageParams(messageId),
    query: { limit: MAX_OF_ENDPOINT, endpoint_id: endpointId, expanded_statuses: true },
  };
  return useQuery({
    ...query('attemptsAt', api.messageAttempt.listByMsg, args),
    enabled: isWanted,
  });
}
