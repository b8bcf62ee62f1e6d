import { z } from 'zod';
import { startedTask } from '../shared/background-task.js';
import { eventTypeName, jsonObject, timestamp } from '../shared/fields.js';
import { instant } from '../shared/instant.js';

/** How many attempts ended how. */
export const EndpointStats = z
  .object({
    success: z.int(),
    pending: z.int(),
    sending: z.int(),
    fail: z.int(),
    canceled: z.int(),
  })
  .meta({ id: 'EndpointStats' });
export type EndpointStats = z.infer<typeof EndpointStats>;

/** As EndpointStats, of ended attempts only. */
export const EndpointAttemptStats = z
  .object({ success: z.int(), fail: z.int(), canceled: z.int() })
  .meta({ id: 'EndpointAttemptStats' });
export type EndpointAttemptStats = z.infer<typeof EndpointAttemptStats>;

export const EndpointRateLimitStatus = z.enum(['Ok', 'RateLimited']).meta({ id: 'EndpointRateLimitStatus' });
export type EndpointRateLimitStatus = z.infer<typeof EndpointRateLimitStatus>;

export const EndpointThrottleRateStatusOut = z
  .object({
    status: EndpointRateLimitStatus,
    throttledSince: timestamp
      .nullish()
      .meta({ description: 'Since when messages have been held back; null while none are.' }),
  })
  .meta({ id: 'EndpointThrottleRateStatusOut' });
export type EndpointThrottleRateStatusOut = z.infer<typeof EndpointThrottleRateStatusOut>;

export const EventExampleIn = z
  .object({
    eventType: eventTypeName.meta({ description: 'Type of the example. `svix.ping` needs no definition.' }),
    exampleIndex: z
      .int()
      .min(0)
      .default(0)
      .meta({ description: 'Which of the examples of its schema to send, counted from 0.' }),
    payload: jsonObject('Payload must be an object.')
      .nullish()
      .meta({ description: 'Sent instead of an example of the schema.' }),
  })
  .meta({ id: 'EventExampleIn' });
export type EventExampleIn = z.infer<typeof EventExampleIn>;

/** How long a recovery may reach back is checked by the server, which has the clock. */
export const RecoverIn = z
  .object({
    since: instant.meta({ description: 'Messages from this instant on; at most 14 days before `until`.' }),
    until: instant.nullish().meta({ description: 'Messages before this instant. Default: now.' }),
  })
  .meta({ id: 'RecoverIn' });
export type RecoverIn = z.infer<typeof RecoverIn>;

export const RecoverOut = startedTask('RecoverOut');
export type RecoverOut = z.infer<typeof RecoverOut>;
