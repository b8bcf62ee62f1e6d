import { z } from 'zod';
import { c } from '../rest.js';
import { operation } from '../shared/access.js';
import { errorResponses } from '../shared/errors.js';
import { applicationParams, endpointParams } from '../shared/ids.js';
import { channelFilter, eventTypesFilter, tagFilter } from '../shared/query.js';
import { statusFilter } from '../shared/status.js';
import type { LiveEvent } from './schemas.js';

const READ = operation('Live', { kind: 'application', capabilities: ['ViewBase'] }, { streams: true });

const liveHeaders = z.object({
  'last-event-id': z
    .string()
    .max(8_192)
    .optional()
    .meta({ parameter: 'The `id` of the last event that was read: the stream goes on behind it' }),
});
const liveQuery = z.object({ channel: channelFilter, tag: tagFilter, event_types: eventTypesFilter });

const HOW =
  'The answer is a stream of server-sent events that does not end by itself. Each has an `id`; a request with that in `last-event-id` goes on behind it, with nothing left out. A stream that is open when its caller may read no longer gets an event `end` and is closed.';

/** Server-sent events, one after the other, for as long as both sides hold. */
const eventStream = c.otherResponse({
  contentType: 'text/event-stream',
  body: z.custom<AsyncIterable<LiveEvent>>(() => true),
});

export const live = c.router(
  {
    messages: {
      method: 'GET',
      path: '/app/:app_id/live/msg/',
      pathParams: applicationParams,
      headers: liveHeaders,
      query: liveQuery,
      responses: { 200: eventStream },
      summary: 'Follow Messages Live',
      description: `The application's new messages as they come, each as an event \`message\` with a MessageOut without payload. ${HOW}`,
      metadata: READ,
    },
    attempts: {
      method: 'GET',
      path: '/app/:app_id/live/attempt/endpoint/:endpoint_id/',
      pathParams: endpointParams,
      headers: liveHeaders,
      query: liveQuery.extend({ status: statusFilter }),
      responses: { 200: eventStream },
      summary: 'Follow Attempts Live',
      description: `The endpoint's new attempts as they come, each as an event \`attempt\` with a MessageAttemptOut with its message and without content. ${HOW}`,
      metadata: READ,
    },
  },
  { commonResponses: errorResponses, strictStatusCodes: true, pathPrefix: '/api/v1' },
);
