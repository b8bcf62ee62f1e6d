import { ID_PREFIX } from '@postrider/contract';
import { createId } from '../src/ids.js';
import type { NewAttempt } from '../src/storage/record.js';

/** An attempt made at an instant, to be recorded; of a delivery that nobody has. */
export const attemptAt = (
  at: Date,
  more: Pick<NewAttempt, 'applicationId' | 'endpointId'> & Partial<NewAttempt>,
): NewAttempt => ({
  messageId: createId(ID_PREFIX.message, at),
  id: createId(ID_PREFIX.attempt, at),
  eventType: 'invoice.paid',
  url: 'https://example.com/',
  status: 0,
  statusCode: more.status === 2 ? 500 : 200,
  durationMs: 1,
  manual: false,
  response: null,
  signature: null,
  responseHeaders: null,
  sentHeaders: null,
  createdAt: at,
  owner: -1,
  lease: 0,
  nextStatus: 0,
  retryAt: null,
  ...more,
});
