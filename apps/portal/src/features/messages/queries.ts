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

/** The endpoints that the message was sent to, each with how it stands. */
export function useDestinations(messageId: string) {
  const { api } = useOpenSession();
  const args = { params: useMessageParams(messageId), query: { limit: 250 } };
  return useQuery(query('destinations', api.messageAttempt.listAttemptedDestinations, args));
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
