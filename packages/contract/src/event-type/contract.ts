import { z } from 'zod';
import { c } from '../rest.js';
import { operation } from '../shared/access.js';
import { badRequestResponse, errorResponses, payloadTooLargeResponse } from '../shared/errors.js';
import { idempotencyHeaders } from '../shared/headers.js';
import { eventTypeParams } from '../shared/ids.js';
import { iterator, limit, order } from '../shared/pagination.js';
import { queryFlag } from '../shared/query.js';
import {
  EventTypeImportOpenApiIn,
  EventTypeImportOpenApiOut,
  ExportEventTypeOut,
} from './openapi-schemas.js';
import { RetryScheduleInOut } from './retry-schedule.js';
import {
  EventTypeIn,
  EventTypeOut,
  EventTypePatch,
  EventTypeUpsertIn,
  ListResponseEventTypeOut,
} from './schemas.js';

const TAG = 'Event Type';
/** A portal session sees what its feature flags let it see. */
const READ = operation(TAG, { kind: 'authenticated', capabilities: ['ViewBase'] });
const WRITE = operation(TAG, { kind: 'environment' });

export const eventType = c.router(
  {
    list: {
      method: 'GET',
      path: '/event-type/',
      query: z.object({
        limit,
        iterator: iterator(),
        order,
        include_archived: queryFlag(false, 'When `true`, archived items are included in the response'),
        with_content: queryFlag(false, 'When `true`, the schemas are included in the response'),
      }),
      responses: { 200: ListResponseEventTypeOut },
      summary: 'List Event Types',
      description: 'The event types by name. Archived ones and schemas only on request.',
      metadata: READ,
    },
    create: {
      method: 'POST',
      path: '/event-type/',
      headers: idempotencyHeaders,
      body: EventTypeIn,
      responses: { 201: EventTypeOut, ...payloadTooLargeResponse },
      summary: 'Create Event Type',
      description: 'Create an event type, or bring back an archived one of this name with the content given.',
      metadata: WRITE,
    },
    get: {
      method: 'GET',
      path: '/event-type/:event_type_name/',
      pathParams: eventTypeParams,
      responses: { 200: EventTypeOut },
      summary: 'Get Event Type',
      description: 'Get an event type with its schemas, also an archived one.',
      metadata: READ,
    },
    upsert: {
      method: 'PUT',
      path: '/event-type/:event_type_name/',
      pathParams: eventTypeParams,
      body: EventTypeUpsertIn,
      responses: { 200: EventTypeOut, 201: EventTypeOut, ...payloadTooLargeResponse },
      summary: 'Update Event Type',
      description: 'Replace an event type, or create one where none has this name.',
      metadata: WRITE,
    },
    patch: {
      method: 'PATCH',
      path: '/event-type/:event_type_name/',
      pathParams: eventTypeParams,
      body: EventTypePatch,
      responses: { 200: EventTypeOut, ...payloadTooLargeResponse },
      summary: 'Patch Event Type',
      description: 'Change some fields of an event type.',
      metadata: WRITE,
    },
    delete: {
      method: 'DELETE',
      path: '/event-type/:event_type_name/',
      pathParams: eventTypeParams,
      query: z.object({
        expunge: queryFlag(false, 'When `true`, the event type is removed instead of archived'),
      }),
      responses: { 204: c.noBody() },
      summary: 'Delete Event Type',
      description:
        'Archive an event type. Endpoints that listen to it go on receiving it, and messages of it can still be sent.',
      metadata: WRITE,
    },
    importOpenapi: {
      method: 'POST',
      path: '/event-type/import/openapi/',
      headers: idempotencyHeaders,
      body: EventTypeImportOpenApiIn,
      responses: { 200: EventTypeImportOpenApiOut, ...badRequestResponse, ...payloadTooLargeResponse },
      summary: 'Import Event Types From OpenAPI',
      description:
        'Make or change event types after the webhooks of an OpenAPI document: all of them, or none if one is wrong.',
      metadata: WRITE,
    },
    exportOpenapi: {
      method: 'POST',
      path: '/event-type/export/openapi/',
      headers: idempotencyHeaders,
      body: c.noBody(),
      responses: { 202: ExportEventTypeOut },
      summary: 'Export Event Types To OpenAPI',
      description:
        'Write an OpenAPI document with a webhook for each event type that is not archived. The background task holds it, as `openapi` in its data.',
      metadata: WRITE,
    },
    getRetrySchedule: {
      method: 'GET',
      path: '/event-type/:event_type_name/retry-schedule/',
      pathParams: eventTypeParams,
      responses: { 200: RetryScheduleInOut },
      summary: 'Get Retry Schedule',
      description: 'The waits between the attempts for messages of this event type, if it has its own.',
      metadata: WRITE,
    },
    setRetrySchedule: {
      method: 'PUT',
      path: '/event-type/:event_type_name/retry-schedule/',
      pathParams: eventTypeParams,
      body: RetryScheduleInOut,
      responses: { 200: RetryScheduleInOut },
      summary: 'Set Retry Schedule',
      description:
        'Give an event type its own waits between attempts, or none. It counts for every attempt that fails from then on.',
      metadata: WRITE,
    },
  },
  { commonResponses: errorResponses, strictStatusCodes: true, pathPrefix: '/api/v1' },
);
