import type { AppRouter } from '@ts-rest/core';
import { operation } from '../shared/access.js';
import { idempotencyHeaders } from '../shared/headers.js';
import { applicationParams } from '../shared/ids.js';
import { eventsQuery } from './events-query.js';
import { ListResponseMessageOut } from './schemas.js';
import { MessageEventsOut, MessagePrecheckIn, MessagePrecheckOut, MessageSearchIn } from './search.js';

const TAG = 'Message';
const READ = operation(TAG, { kind: 'application', capabilities: ['ViewBase'] });

/** Other ways to messages than their list; part of the router in contract.ts. */
export const searchRoutes = {
  precheck: {
    method: 'POST',
    path: '/app/:app_id/msg/precheck/active/',
    pathParams: applicationParams,
    headers: idempotencyHeaders,
    body: MessagePrecheckIn,
    responses: { 200: MessagePrecheckOut },
    summary: 'Create Message Precheck',
    description:
      'Whether a message of this type and these channels would go to any endpoint at present. Nothing is sent; a message that nobody would get need not be made.',
    metadata: operation(TAG, { kind: 'environment' }),
  },
  events: {
    method: 'GET',
    path: '/app/:app_id/events/',
    pathParams: applicationParams,
    query: eventsQuery,
    responses: { 200: MessageEventsOut },
    summary: 'Message Events',
    description:
      "The application's messages in the order in which they came, oldest first, to be followed without end: each call goes on where the iterator of the last one stands, and none is left out.",
    metadata: READ,
  },
  search: {
    method: 'POST',
    path: '/app/:app_id/msg/search/',
    pathParams: applicationParams,
    headers: idempotencyHeaders,
    body: MessageSearchIn,
    responses: { 200: ListResponseMessageOut },
    summary: 'Search Messages',
    description: 'The list of messages with its filters in the body, and without payloads unless asked for.',
    metadata: READ,
  },
} satisfies AppRouter;
