import { z } from 'zod';
import { metadata, rate, text, timestamp, uid } from '../shared/fields.js';
import { ID_PREFIX } from '../shared/ids.js';
import { listOf } from '../shared/pagination.js';

const applicationName = text('Application names must be at least one character').meta({
  description: 'Name for people to read.',
  examples: ['My first application'],
});
const applicationUid = uid(ID_PREFIX.application).meta({
  description: "The operator's own id of the application, accepted wherever an id is.",
  examples: ['unique-identifier'],
});
const rateLimit = rate('Application rate limits must be at least 1 if set').meta({
  description: 'Former name of `throttleRate`, which wins where both are given.',
  deprecated: true,
});
const throttleRate = rate('Application throttle rate must be at least 1 if set').meta({
  description: 'Messages per second that are delivered at most; more are delayed, none dropped.',
});

export const ApplicationIn = z
  .object({
    name: applicationName,
    uid: applicationUid.nullish(),
    throttleRate: throttleRate.nullish(),
    rateLimit: rateLimit.nullish(),
    metadata: metadata.nullish(),
  })
  .meta({ id: 'ApplicationIn' });
export type ApplicationIn = z.infer<typeof ApplicationIn>;

/** Absent leaves a field as it is; null clears it. */
export const ApplicationPatch = z
  .object({
    name: applicationName.optional(),
    uid: applicationUid.nullish(),
    throttleRate: throttleRate.nullish(),
    rateLimit: rateLimit.nullish(),
    metadata: metadata.nullish(),
  })
  .meta({ id: 'ApplicationPatch' });
export type ApplicationPatch = z.infer<typeof ApplicationPatch>;

export const AlertEmailPatch = z
  .object({
    email: z
      .email({ error: 'Must be an e-mail address' })
      .max(254, { error: 'String too long' })
      .nullish()
      .meta({
        description: 'Where the customer wants to be told about their endpoints. Null: nowhere.',
        openapi: { type: ['string', 'null'], maxLength: 254 },
        examples: ['ops@example.com'],
      }),
  })
  .meta({ id: 'AlertEmailPatch' });
export type AlertEmailPatch = z.infer<typeof AlertEmailPatch>;

export const ApplicationOut = z
  .object({
    uid: z.string().nullish(),
    name: z.string(),
    rateLimit: z.int().nullish(),
    throttleRate: z.int().nullish(),
    id: z.string().meta({ examples: ['app_1srOrx2ZWZBpBUvZwXKQmoEYga2'] }),
    createdAt: timestamp,
    updatedAt: timestamp,
    metadata: z.record(z.string(), z.string()),
  })
  .meta({ id: 'ApplicationOut' });
export type ApplicationOut = z.infer<typeof ApplicationOut>;

export const ListResponseApplicationOut = listOf(ApplicationOut).meta({ id: 'ListResponse_ApplicationOut_' });
