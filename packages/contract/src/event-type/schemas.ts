import { z } from 'zod';
import { eventTypeName, jsonObject, name, text, timestamp, uniqueList } from '../shared/fields.js';
import { listOf } from '../shared/pagination.js';

const description = text().meta({
  description: 'What the event means, for people to read.',
  examples: ['An invoice was paid'],
});
const archived = z.boolean().meta({
  description: 'Archived types are left out of lists, and no endpoint can begin to listen to them.',
});
const deprecated = z.boolean().meta({ description: 'Shown to people; changes nothing else.' });
/** Whether each is valid Draft 7 is checked by the server. */
const schemas = jsonObject('Schemas must be an object from version to JSON Schema.').meta({
  description: 'JSON Schema (Draft 7) of the payload for each version, by version.',
  examples: [
    { '1': { type: 'object', properties: { invoiceId: { type: 'string' } }, required: ['invoiceId'] } },
  ],
});
const groupName = name().meta({ description: 'Heading under which people see it.', examples: ['billing'] });
/** An empty list means the same as null. */
const featureFlags = uniqueList(name())
  .transform((list) => (list.length === 0 ? null : list))
  .meta({
    description: 'Portal sessions see the type only if they carry one of these flags. Null: all see it.',
  });
const featureFlag = name().meta({
  description: 'Former form of `featureFlags`, which wins where both are given.',
  deprecated: true,
});

interface Flags {
  featureFlag?: string | null | undefined;
  featureFlags?: string[] | null | undefined;
}

/** Moves the single flag into the set, so that services know one form. */
function oneFormOfFlags<T extends Flags>(body: T): T {
  if (body.featureFlags === undefined && body.featureFlag !== undefined) {
    body.featureFlags = body.featureFlag === null ? null : [body.featureFlag];
  }
  delete body.featureFlag;
  return body;
}

const upsertFields = {
  description,
  archived: archived.default(false),
  deprecated: deprecated.default(false),
  schemas: schemas.nullish(),
  groupName: groupName.nullish(),
  featureFlags: featureFlags.nullish(),
  featureFlag: featureFlag.nullish(),
};

/** After parsing `featureFlag` is absent: `featureFlags` holds it. */
export const EventTypeIn = z
  .object({ name: eventTypeName, ...upsertFields })
  .overwrite(oneFormOfFlags)
  .meta({ id: 'EventTypeIn' });
export type EventTypeIn = z.infer<typeof EventTypeIn>;

/** As EventTypeIn; the name is that of the path. */
export const EventTypeUpsertIn = z
  .object(upsertFields)
  .overwrite(oneFormOfFlags)
  .meta({ id: 'EventTypeUpsertIn' });
export type EventTypeUpsertIn = z.infer<typeof EventTypeUpsertIn>;

/** Absent leaves a field as it is; null clears it. After parsing `featureFlag` is absent. */
export const EventTypePatch = z
  .object({
    description: description.optional(),
    archived: archived.optional(),
    deprecated: deprecated.optional(),
    schemas: schemas.nullish(),
    groupName: groupName.nullish(),
    featureFlags: featureFlags.nullish(),
    featureFlag: featureFlag.nullish(),
  })
  .overwrite(oneFormOfFlags)
  .meta({ id: 'EventTypePatch' });
export type EventTypePatch = z.infer<typeof EventTypePatch>;

export const EventTypeOut = z
  .object({
    name: z.string().meta({ examples: ['invoice.paid'] }),
    description: z.string(),
    archived: z.boolean(),
    deprecated: z.boolean(),
    schemas: schemas.nullish(),
    createdAt: timestamp,
    updatedAt: timestamp,
    groupName: z.string().nullish(),
    featureFlags: z.array(z.string()).nullish(),
    featureFlag: z
      .string()
      .nullish()
      .meta({ description: 'The first of `featureFlags`, for old clients.', deprecated: true }),
  })
  .meta({ id: 'EventTypeOut' });
export type EventTypeOut = z.infer<typeof EventTypeOut>;

export const ListResponseEventTypeOut = listOf(EventTypeOut).meta({ id: 'ListResponse_EventTypeOut_' });
