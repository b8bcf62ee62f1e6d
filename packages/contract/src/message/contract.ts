import { z } from 'zod';
import { MessageAttemptOut } from '../message-attempt/schemas.js';
import { c } from '../rest.js';
import { operation } from '../shared/access.js';
import { badRequestResponse, errorResponses, payloadTooLargeResponse } from '../shared/errors.js';
import { idempotencyHeaders } from '../shared/headers.js';
import { applicationParams, endpointParams, ID_PREFIX, messageParams } from '../shared/ids.js';
import { iterator, limit } from '../shared/pagination.js';
import { after, before, channelFilter, eventTypesFilter, tagFilter, withContent } from '../shared/query.js';
import { ListResponseMessageOut, MessageIn, MessageOut, MessageRawPayloadOut } from './schemas.js';

const TAG = 'Message';
const READ = operation(TAG, { kind: 'application', capabilities: ['ViewBase'] });

export const message = c.router(
  {
    list: {
      method: 'GET',
      path: '/app/:app_id/msg/',
      pathParams: applicationParams,
      query: z.object({
        limit,
        iterator: iterator(ID_PREFIX.message),
        channel: channelFilter,
        before,
        after,
        with_content: withContent,
        tag: tagFilter,
        event_types: eventTypesFilter,
      }),
      responses: { 200: ListResponseMessageOut },
      summary: 'List Messages',
      description:
        "The application's messages, newest first, of the last 90 days or of 90 days around `before`, `after` or the iterator.",
      metadata: READ,
    },
    create: {
      method: 'POST',
      path: '/app/:app_id/msg/',
      pathParams: applicationParams,
      headers: idempotencyHeaders,
      query: z.object({ with_content: withContent }),
      body: MessageIn,
      responses: { 202: MessageOut, ...payloadTooLargeResponse },
      summary: 'Create Message',
      description:
        "Send a message to the application's endpoints that listen to its type and channels. Once it is answered, the message is stored and will be delivered.",
      metadata: operation(TAG, { kind: 'environment' }, { commitsKey: true }),
    },
    get: {
      method: 'GET',
      path: '/app/:app_id/msg/:msg_id/',
      pathParams: messageParams,
      query: z.object({ with_content: withContent }),
      responses: { 200: MessageOut },
      summary: 'Get Message',
      description: 'Get a message by its id or `eventId`.',
      metadata: READ,
    },
    getRawPayload: {
      method: 'GET',
      path: '/app/:app_id/msg/:msg_id/raw/',
      pathParams: messageParams,
      responses: { 200: MessageRawPayloadOut },
      summary: 'Get Raw Message Payload',
      description: "A message's payload letter by letter.",
      metadata: READ,
    },
    testAttempt: {
      method: 'POST',
      path: '/app/:app_id/endpoint/:endpoint_id/msg/test-attempt/',
      pathParams: endpointParams,
      headers: idempotencyHeaders,
      body: MessageIn,
      responses: { 201: MessageAttemptOut, ...badRequestResponse, ...payloadTooLargeResponse },
      summary: 'Create Message Attempt For Endpoint',
      description:
        'Send a message to one endpoint alone, once, whatever it listens to, and answer the attempt. `deliverAt` and `application` do not count.',
      metadata: operation(TAG, { kind: 'application', capabilities: ['CreateAttempts'] }),
    },
  },
  { commonResponses: errorResponses, strictStatusCodes: true, pathPrefix: '/api/v1' },
);
