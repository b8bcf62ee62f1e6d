import { z } from 'zod';
import { c } from '../rest.js';
import { operation } from '../shared/access.js';
import { badRequestResponse, errorResponses } from '../shared/errors.js';
import { name } from '../shared/fields.js';
import { idempotencyHeaders } from '../shared/headers.js';
import {
  attemptParams,
  endpointParams,
  ID_PREFIX,
  messageEndpointParams,
  messageParams,
} from '../shared/ids.js';
import { iterator, limit } from '../shared/pagination.js';
import {
  after,
  before,
  channelFilter,
  eventTypesFilter,
  expandedStatuses,
  queryFlag,
  tagFilter,
  withContent,
} from '../shared/query.js';
import { statusCodeClassFilter, statusFilter } from '../shared/status.js';
import {
  CountOut,
  EmptyResponse,
  ListResponseEndpointMessageOut,
  ListResponseMessageAttemptOut,
  ListResponseMessageEndpointOut,
  MessageAttemptHeadersOut,
  MessageAttemptOut,
} from './schemas.js';

const TAG = 'Message Attempt';
const READ = operation(TAG, { kind: 'application', capabilities: ['ViewBase'] });

/** What every list of attempts can be filtered by. */
const attemptQuery = z.object({
  limit,
  iterator: iterator(ID_PREFIX.attempt),
  status: statusFilter,
  status_code_class: statusCodeClassFilter,
  channel: channelFilter,
  tag: tagFilter,
  before,
  after,
  with_content: withContent,
  expanded_statuses: expandedStatuses,
  event_types: eventTypesFilter,
});
const attemptOfMessageQuery = attemptQuery.extend({
  endpoint_id: name().optional().meta({ parameter: 'Filter the attempts based on the attempted endpoint' }),
});

export const messageAttempt = c.router(
  {
    listByEndpoint: {
      method: 'GET',
      path: '/app/:app_id/attempt/endpoint/:endpoint_id/',
      pathParams: endpointParams,
      query: attemptQuery.extend({
        with_msg: queryFlag(false, 'When `true`, the message information is included in the response'),
      }),
      responses: { 200: ListResponseMessageAttemptOut },
      summary: 'List Attempts By Endpoint',
      description: "The endpoint's attempts, newest first.",
      metadata: READ,
    },
    countByEndpoint: {
      method: 'GET',
      path: '/app/:app_id/attempt/endpoint/:endpoint_id/count/',
      pathParams: endpointParams,
      query: attemptQuery.pick({
        status: true,
        status_code_class: true,
        channel: true,
        tag: true,
        before: true,
        after: true,
        event_types: true,
      }),
      responses: { 200: CountOut },
      summary: 'Count Attempts By Endpoint',
      description:
        "How many of the endpoint's attempts the list of them has with the same filters. Where there are very many, counting ends and the answer says so.",
      metadata: READ,
    },
    listByMsg: {
      method: 'GET',
      path: '/app/:app_id/attempt/msg/:msg_id/',
      pathParams: messageParams,
      query: attemptOfMessageQuery,
      responses: { 200: ListResponseMessageAttemptOut },
      summary: 'List Attempts By Msg',
      description: "The message's attempts at all endpoints, newest first.",
      metadata: READ,
    },
    listAttemptedMessages: {
      method: 'GET',
      path: '/app/:app_id/endpoint/:endpoint_id/msg/',
      pathParams: endpointParams,
      query: attemptQuery.omit({ status_code_class: true }).extend({ iterator: iterator(ID_PREFIX.message) }),
      responses: { 200: ListResponseEndpointMessageOut },
      summary: 'List Attempted Messages',
      description: 'The messages that the endpoint was sent, each with how it stands, newest first.',
      metadata: READ,
    },
    listAttemptedDestinations: {
      method: 'GET',
      path: '/app/:app_id/msg/:msg_id/endpoint/',
      pathParams: messageParams,
      query: z.object({ limit, iterator: iterator(ID_PREFIX.endpoint) }),
      responses: { 200: ListResponseMessageEndpointOut },
      summary: 'List Attempted Destinations',
      description: 'The endpoints that the message was sent to, deleted ones too, each with how it stands.',
      metadata: READ,
    },
    get: {
      method: 'GET',
      path: '/app/:app_id/msg/:msg_id/attempt/:attempt_id/',
      pathParams: attemptParams,
      query: z.object({ expanded_statuses: expandedStatuses }),
      responses: { 200: MessageAttemptOut },
      summary: 'Get Attempt',
      description: 'Get an attempt of a message.',
      metadata: READ,
    },
    getHeaders: {
      method: 'GET',
      path: '/app/:app_id/msg/:msg_id/attempt/:attempt_id/headers/',
      pathParams: attemptParams,
      responses: { 200: MessageAttemptHeadersOut },
      summary: 'Get Attempt Headers',
      description: 'The headers that an attempt sent and those of the answer.',
      metadata: READ,
    },
    expungeContent: {
      method: 'DELETE',
      path: '/app/:app_id/msg/:msg_id/attempt/:attempt_id/content/',
      pathParams: attemptParams,
      responses: { 204: c.noBody() },
      summary: 'Delete attempt response body',
      description:
        "Erase the body of the receiver's answer to an attempt for good; the attempt itself stays.",
      metadata: operation(TAG, { kind: 'environment' }),
    },
    resend: {
      method: 'POST',
      path: '/app/:app_id/msg/:msg_id/endpoint/:endpoint_id/resend/',
      pathParams: messageEndpointParams,
      headers: idempotencyHeaders,
      body: c.noBody(),
      responses: { 202: EmptyResponse, ...badRequestResponse },
      summary: 'Resend Webhook',
      description: 'Send a message to an endpoint once more, whatever the endpoint listens to.',
      metadata: operation(TAG, { kind: 'application', capabilities: ['CreateAttempts'] }),
    },
    listOfMsg: {
      method: 'GET',
      path: '/app/:app_id/msg/:msg_id/attempt/',
      pathParams: messageParams,
      query: attemptOfMessageQuery,
      responses: { 200: ListResponseMessageAttemptOut },
      summary: 'List Attempts',
      description: 'Former path of the list of attempts by message.',
      deprecated: true,
      metadata: READ,
    },
    listOfMsgAndEndpoint: {
      method: 'GET',
      path: '/app/:app_id/msg/:msg_id/endpoint/:endpoint_id/attempt/',
      pathParams: messageEndpointParams,
      query: attemptQuery,
      responses: { 200: ListResponseMessageAttemptOut },
      summary: 'List Attempts For Endpoint',
      description:
        "The message's attempts at one endpoint. Use the list by message with `endpoint_id` instead.",
      deprecated: true,
      metadata: READ,
    },
  },
  { commonResponses: errorResponses, strictStatusCodes: true, pathPrefix: '/api/v1' },
);
