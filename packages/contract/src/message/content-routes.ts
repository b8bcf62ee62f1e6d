import type { AppRouter } from '@ts-rest/core';
import { c } from '../rest.js';
import { operation } from '../shared/access.js';
import { idempotencyHeaders } from '../shared/headers.js';
import { applicationParams, messageParams } from '../shared/ids.js';
import { BulkExpungeContentsIn, BulkExpungeContentsOut, ExpungeAllContentsOut } from './content.js';

const ERASE = operation('Message', { kind: 'environment' });

/** How contents of messages are erased; part of the router in contract.ts. */
export const contentRoutes = {
  expungeContent: {
    method: 'DELETE',
    path: '/app/:app_id/msg/:msg_id/content/',
    pathParams: messageParams,
    responses: { 204: c.noBody() },
    summary: 'Delete message payload',
    description:
      'Erase the payload and the own headers of a message for good; the message itself stays. A request under way ends as it would; whatever is left to be tried fails, since there is nothing to send.',
    metadata: ERASE,
  },
  bulkExpungeContent: {
    method: 'POST',
    path: '/app/:app_id/msg/bulk-expunge/',
    pathParams: applicationParams,
    headers: idempotencyHeaders,
    body: BulkExpungeContentsIn,
    responses: { 200: BulkExpungeContentsOut },
    summary: 'Delete message payloads',
    description:
      'Erase the payloads of some messages for good, as for one; tells of each whether it was there.',
    metadata: ERASE,
  },
  expungeAllContents: {
    method: 'POST',
    path: '/app/:app_id/msg/expunge-all-contents/',
    pathParams: applicationParams,
    headers: idempotencyHeaders,
    body: c.noBody(),
    responses: { 202: ExpungeAllContentsOut },
    summary: 'Expunge all message contents',
    description:
      'Erase the payloads of all messages that the application has now, and the answers to their attempts, for good. It is done in the background; the `data` of the task has `messagesPurged`.',
    metadata: ERASE,
  },
} satisfies AppRouter;
