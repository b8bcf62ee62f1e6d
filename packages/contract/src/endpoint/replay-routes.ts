import type { AppRouter } from '@ts-rest/core';
import { c } from '../rest.js';
import { idempotencyHeaders } from '../shared/headers.js';
import { endpointParams } from '../shared/ids.js';
import { MANAGE, SEND } from './access.js';
import { BulkReplayIn, CancelMsgsIn, ReplayIn, ReplayOut } from './replay.js';

/** Many messages at once, in the background; part of the router in contract.ts. */
export const replayRoutes = {
  replayMissing: {
    method: 'POST',
    path: '/app/:app_id/endpoint/:endpoint_id/replay-missing/',
    pathParams: endpointParams,
    headers: idempotencyHeaders,
    body: ReplayIn,
    responses: { 202: ReplayOut },
    summary: 'Replay Missing Webhooks',
    description:
      'Send the endpoint, in the background, the messages of a period that it listens to and was never sent.',
    metadata: SEND,
  },
  bulkReplay: {
    method: 'POST',
    path: '/app/:app_id/endpoint/:endpoint_id/bulk-replay/',
    pathParams: endpointParams,
    headers: idempotencyHeaders,
    body: BulkReplayIn,
    responses: { 202: ReplayOut },
    summary: 'Bulk Replay Messages',
    description:
      'Send the endpoint once more, in the background, the messages of a period that fit a filter, also those that it has taken.',
    metadata: SEND,
  },
  cancelMsgs: {
    method: 'POST',
    path: '/app/:app_id/endpoint/:endpoint_id/cancel-msgs/',
    pathParams: endpointParams,
    headers: idempotencyHeaders,
    body: CancelMsgsIn,
    responses: { 204: c.noBody() },
    summary: 'Cancel Msgs',
    description:
      'Cancel, in the background, what still waits to be sent to the endpoint, retries too, of messages created before an instant.',
    metadata: MANAGE,
  },
} as const satisfies AppRouter;
