import type { AppRouter } from '@ts-rest/core';
import { z } from 'zod';
import { MessageOut } from '../message/schemas.js';
import { badRequestResponse, payloadTooLargeResponse } from '../shared/errors.js';
import { idempotencyHeaders } from '../shared/headers.js';
import { endpointParams } from '../shared/ids.js';
import { instant } from '../shared/instant.js';
import { READ, SEND } from './access.js';
import {
  EndpointAttemptStats,
  EndpointStats,
  EndpointThrottleRateStatusOut,
  EventExampleIn,
  RecoverIn,
  RecoverOut,
} from './activity.js';

const period = z.object({
  since: instant
    .optional()
    .meta({ parameter: 'Start of the period; at most 28 days before its end, which is the default' }),
  until: instant.optional().meta({ parameter: 'End of the period; now by default' }),
});

/** What happens at an endpoint and what can be made to happen; part of the router in contract.ts. */
export const activityRoutes = {
  getStats: {
    method: 'GET',
    path: '/app/:app_id/endpoint/:endpoint_id/stats/',
    pathParams: endpointParams,
    query: period,
    responses: { 200: EndpointStats, ...badRequestResponse },
    summary: 'Endpoint Stats',
    description:
      "The endpoint's attempts of a period, counted by status. What waits, `pending` and `sending`, is counted up to 10,000 each.",
    metadata: READ,
  },
  getAttemptStats: {
    method: 'GET',
    path: '/app/:app_id/endpoint/:endpoint_id/attempt-stats/',
    pathParams: endpointParams,
    query: period,
    responses: { 200: EndpointAttemptStats, ...badRequestResponse },
    summary: 'Endpoint Attempt Stats',
    description: "The endpoint's ended attempts of a period of whole hours, counted by status.",
    metadata: READ,
  },
  getRateLimitStatus: {
    method: 'GET',
    path: '/app/:app_id/endpoint/:endpoint_id/rate-limit-status/',
    pathParams: endpointParams,
    responses: { 200: EndpointThrottleRateStatusOut },
    summary: 'Endpoint Rate Limit Status',
    description: 'Whether messages for the endpoint are held back now because of its throttle rate.',
    metadata: READ,
  },
  sendExample: {
    method: 'POST',
    path: '/app/:app_id/endpoint/:endpoint_id/send-example/',
    pathParams: endpointParams,
    headers: idempotencyHeaders,
    body: EventExampleIn,
    responses: { 202: MessageOut, ...badRequestResponse, ...payloadTooLargeResponse },
    summary: 'Send Event Type Example Message',
    description:
      "Send the endpoint a message with an example of an event type's schema, or with a payload given.",
    metadata: SEND,
  },
  recover: {
    method: 'POST',
    path: '/app/:app_id/endpoint/:endpoint_id/recover/',
    pathParams: endpointParams,
    headers: idempotencyHeaders,
    body: RecoverIn,
    responses: { 202: RecoverOut },
    summary: 'Recover Failed Webhooks',
    description: 'Send the endpoint once more, in the background, every message of a period that failed.',
    metadata: SEND,
  },
} as const satisfies AppRouter;
