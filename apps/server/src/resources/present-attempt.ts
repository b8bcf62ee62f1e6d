import { type MessageAttemptOut, MessageStatusText } from '@postrider/contract';
import type { ListedAttempt } from '../storage/attempt.js';
import type { Message } from '../storage/message.js';
import { presentMessage } from './present-message.js';

type Status = MessageAttemptOut['status'];

/** A status as a number and in words. */
export const describeStatus = (status: number) => ({
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
