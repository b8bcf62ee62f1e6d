import {
  type EndpointMessageOut,
  type MessageAttemptOut,
  type MessageEndpointOut,
  MessageStatusText,
} from '@postrider/contract';
import type { ListedAttempt } from '../../storage/attempt.js';
import type { AttemptedDestination } from '../../storage/attempted-destination.js';
import type { AttemptedMessage } from '../../storage/attempted-message.js';
import type { Message } from '../../storage/message.js';
import { presentMessage } from '../present-message.js';

type Status = MessageAttemptOut['status'];

const SUCCESS = 0;
const FAIL = 2;
const CANCELED = 4;

const describeStatus = (status: number) => ({
  status: status as Status,
  statusText: MessageStatusText.options[status] ?? 'fail',
});

/** An attempt as callers see it. `message` is given where they asked for it. */
export const presentAttempt = (
  row: ListedAttempt,
  withContent: boolean,
  message?: Message,
): MessageAttemptOut => ({
  url: row.url,
  response: withContent ? (row.response ?? '') : '{}',
  responseStatusCode: row.status_code,
  responseDurationMs: row.duration_ms,
  ...describeStatus(row.status),
  triggerType: row.trigger_type === 1 ? 1 : 0,
  msgId: row.message_id,
  endpointId: row.endpoint_id,
  id: row.id,
  timestamp: row.created_at.toISOString(),
  ...(message === undefined ? {} : { msg: presentMessage(message, false) }),
});

/** How a message is presented: which of its parts, and whether the caller knows that it can be canceled. */
export interface MessageSight {
  readonly withContent: boolean;
  readonly expandedStatuses: boolean;
}

/** A message as one endpoint got it. */
export const presentAttemptedMessage = (
  row: AttemptedMessage,
  { withContent, expandedStatuses }: MessageSight,
): EndpointMessageOut => {
  const { delivery_status: status, next_attempt_at: next } = row;
  return {
    ...presentMessage(row, withContent),
    ...describeStatus(status === CANCELED && !expandedStatuses ? SUCCESS : status),
    ...(next === null ? {} : { nextAttempt: next.toISOString() }),
  };
};

/**
 * An endpoint as it got one message. Its status is what came of it so far: fail also while it will be tried again, which
 * `nextAttempt` tells (spec: wire behaviour, section 4.3).
 */
export const presentDestination = (row: AttemptedDestination): MessageEndpointOut => ({
  description: row.description,
  rateLimit: row.throttle_rate,
  throttleRate: row.throttle_rate,
  uid: row.uid,
  url: row.url,
  version: row.version,
  disabled: row.disabled,
  eventTypes: row.event_types,
  filterTypes: row.event_types,
  channels: row.channels,
  createdAt: row.created_at.toISOString(),
  updatedAt: row.updated_at.toISOString(),
  id: row.id,
  ...describeStatus(row.delivery_status === SUCCESS ? SUCCESS : FAIL),
  nextAttempt: row.next_attempt_at?.toISOString() ?? null,
});
