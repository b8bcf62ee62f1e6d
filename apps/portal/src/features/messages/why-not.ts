import type { EndpointOut, MessageOut } from '@postrider/contract';

/** What kept a message away from an endpoint, as far as it can be told from how both are now. */
export type Reason =
  /** The endpoint is younger than the message. */
  | { readonly kind: 'createdLater' }
  /** It is disabled now. */
  | { readonly kind: 'disabled' }
  | { readonly kind: 'eventType' }
  /** It has channels and the message has others. */
  | { readonly kind: 'channel' }
  /** It has channels and the message has none. */
  | { readonly kind: 'noChannel' }
  /** It would get the message today; it was changed after the message was sent. */
  | { readonly kind: 'changedSince' }
  /** Nothing speaks against it: an example for another endpoint, or a message from before the last replay. */
  | { readonly kind: 'unknown' };

type Endpoint = Pick<EndpointOut, 'createdAt' | 'updatedAt' | 'disabled' | 'eventTypes' | 'channels'>;
type Message = Pick<MessageOut, 'timestamp' | 'eventType' | 'channels'>;

const isEmpty = (list: readonly string[] | null | undefined): list is null | undefined | [] =>
  list === null || list === undefined || list.length === 0;

/**
 * The first rule that keeps the message from the endpoint, in the order in which the server asks, after the one question
 * that the server need not ask: whether the endpoint was there. For endpoints that the message was not sent to.
 */
export function whyNot(endpoint: Endpoint, message: Message): Reason {
  const { eventTypes, channels, createdAt, updatedAt } = endpoint;
  if (Date.parse(createdAt) > Date.parse(message.timestamp)) return { kind: 'createdLater' };
  if (endpoint.disabled) return { kind: 'disabled' };
  if (!isEmpty(eventTypes) && !eventTypes.includes(message.eventType)) return { kind: 'eventType' };
  if (!isEmpty(channels)) {
    if (isEmpty(message.channels)) return { kind: 'noChannel' };
    if (!message.channels.some((channel) => channels.includes(channel))) return { kind: 'channel' };
  }
  const isChanged = Date.parse(updatedAt) > Date.parse(message.timestamp);
  return { kind: isChanged ? 'changedSince' : 'unknown' };
}
