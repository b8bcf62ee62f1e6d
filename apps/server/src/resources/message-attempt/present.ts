import type { EndpointMessageOut, MessageEndpointOut } from '@postrider/contract';
import type { AttemptedDestination } from '../../storage/attempted-destination.js';
import type { AttemptedMessage } from '../../storage/attempted-message.js';
import { describeStatus } from '../present-attempt.js';
import { presentMessage } from '../present-message.js';

const SUCCESS = 0;
const FAIL = 2;
const CANCELED = 4;

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
