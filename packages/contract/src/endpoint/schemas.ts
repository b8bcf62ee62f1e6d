import { z } from 'zod';
import { channels, eventTypes, metadata, rate, text, timestamp, uid } from '../shared/fields.js';
import { ID_PREFIX } from '../shared/ids.js';
import { listOf } from '../shared/pagination.js';
import { endpointHeaders } from '../shared/webhook-headers.js';
import { endpointSecret } from './secret.js';

/** Longest URL of an endpoint. */
export const MAX_URL_LENGTH = 65_536;

/** Read and written anew as browsers do: host in lower case, a path. Where it may lead is checked when it is called. */
const url = z
  .string()
  .max(MAX_URL_LENGTH, { error: 'String too long' })
  .transform((given, context) => {
    const parsed = URL.canParse(given) ? new URL(given) : undefined;
    if (parsed?.protocol === 'http:' || parsed?.protocol === 'https:') return parsed.href;
    const message = parsed ? 'Endpoint URL schemes must be http or https' : 'Endpoint URL is not a valid URL';
    context.issues.push({ code: 'custom', input: given, message });
    return z.NEVER;
  })
  .meta({
    description: 'Where messages are sent to.',
    openapi: {
      type: 'string',
      format: 'uri',
      minLength: 1,
      maxLength: MAX_URL_LENGTH,
      examples: ['https://example.com/webhook/'],
    },
  });
const description = text().meta({
  description: 'For people to read.',
  examples: ['Orders to the warehouse'],
});
const endpointUid = uid(ID_PREFIX.endpoint).meta({
  description: "The operator's own id of the endpoint, accepted wherever an id is.",
  examples: ['unique-identifier'],
});
const THROTTLE_RATE =
  'Messages per second that are sent to the endpoint at most; more are delayed, none dropped.';
const FORMER_RATE = 'Former name of `throttleRate`, which wins where both are given.';
const disabled = z.boolean().meta({ description: 'A disabled endpoint receives nothing.' });
const listenedTypes = eventTypes.meta({
  description: 'Types of the messages that it receives. Null or empty: all.',
});
const filterTypes = eventTypes.meta({
  description: 'Former name of `eventTypes`, which wins where both are given.',
  deprecated: true,
});
const listenedChannels = channels.meta({
  description: 'It receives only messages with one of these channels. Null: all messages.',
  examples: [['project_123']],
});
const version = (missing: string) =>
  z.int().min(1, { error: missing }).max(65_535).meta({
    description: 'Kept for old clients; changes nothing.',
    deprecated: true,
  });

interface FormerNames {
  throttleRate?: number | null | undefined;
  rateLimit?: number | null | undefined;
  eventTypes?: string[] | null | undefined;
  filterTypes?: string[] | null | undefined;
}

/** Moves what was given under a former name to the present one, so that services know one name. */
export function presentNames<T extends FormerNames>(body: T): T {
  if (body.throttleRate === undefined && body.rateLimit !== undefined) body.throttleRate = body.rateLimit;
  if (body.eventTypes === undefined && body.filterTypes !== undefined) body.eventTypes = body.filterTypes;
  delete body.rateLimit;
  delete body.filterTypes;
  return body;
}

/** What a PUT replaces. The secret and the headers have operations of their own. */
export const upsertFields = {
  url,
  description: description.default(''),
  throttleRate: rate('Endpoint throttle rate must be at least one if set')
    .meta({ description: THROTTLE_RATE })
    .nullish(),
  rateLimit: rate('Endpoint rate limits must be at least one if set')
    .meta({ description: FORMER_RATE, deprecated: true })
    .nullish(),
  uid: endpointUid.nullish(),
  version: version('Endpoint versions must be at least one if set').default(1),
  disabled: disabled.default(false),
  eventTypes: listenedTypes.nullish(),
  filterTypes: filterTypes.nullish(),
  channels: listenedChannels.nullish(),
  metadata: metadata.nullish(),
};

/** After parsing `rateLimit` and `filterTypes` are absent: `throttleRate` and `eventTypes` hold them. */
export const EndpointIn = z
  .object({
    ...upsertFields,
    secret: endpointSecret.nullish(),
    headers: endpointHeaders.meta({ description: 'Headers that it gets with each message.' }).nullish(),
  })
  .overwrite(presentNames)
  .meta({ id: 'EndpointIn' });
export type EndpointIn = z.infer<typeof EndpointIn>;

/** After parsing `rateLimit` and `filterTypes` are absent. */
export const EndpointUpsertIn = z
  .object(upsertFields)
  .overwrite(presentNames)
  .meta({ id: 'EndpointUpsertIn' });
export type EndpointUpsertIn = z.infer<typeof EndpointUpsertIn>;

/** Absent leaves a field as it is; null clears it. After parsing `rateLimit` and `filterTypes` are absent. */
export const EndpointPatch = z
  .object({
    url: url.optional(),
    description: description.optional(),
    throttleRate: rate('Endpoint rate limits must be at least 1 if set')
      .meta({ description: THROTTLE_RATE })
      .nullish(),
    rateLimit: rate('Endpoint rate limits must be at least 1 if set')
      .meta({ description: FORMER_RATE, deprecated: true })
      .nullish(),
    uid: endpointUid.nullish(),
    version: version('Endpoint versions must be at least one').optional(),
    disabled: disabled.optional(),
    eventTypes: listenedTypes.nullish(),
    filterTypes: filterTypes.nullish(),
    channels: listenedChannels.nullish(),
    metadata: metadata.nullish(),
  })
  .overwrite(presentNames)
  .meta({ id: 'EndpointPatch' });
export type EndpointPatch = z.infer<typeof EndpointPatch>;

/** What answers say of an endpoint besides its id and metadata. */
export const endpointOutFields = {
  description: z.string(),
  rateLimit: z.int().nullish().meta({ description: 'As `throttleRate`, for old clients.', deprecated: true }),
  throttleRate: z.int().nullish(),
  uid: z.string().nullish(),
  url: z.string().meta({ format: 'uri' }),
  version: z.int().meta({ description: 'For old clients.', deprecated: true }),
  disabled: z.boolean(),
  eventTypes: z.array(z.string()).nullish().meta({ description: 'Null: all.' }),
  filterTypes: z
    .array(z.string())
    .nullish()
    .meta({ description: 'As `eventTypes`, for old clients.', deprecated: true }),
  channels: z.array(z.string()).nullish().meta({ description: 'Null: all.' }),
  createdAt: timestamp,
  updatedAt: timestamp,
  id: z.string().meta({ examples: ['ep_1srOrx2ZWZBpBUvZwXKQmoEYga2'] }),
};

export const DisabledReason = z.enum(['failing', 'gone', 'asked', 'customer', 'operator']).meta({
  id: 'DisabledReason',
  description:
    '`failing`: messages failed for too long. `gone`: it answered 410. `asked`: an answer had the header ' +
    '`webhook-delivery: disable`. `customer`: a portal session did it. `operator`: an environment key did.',
});
export type DisabledReason = z.infer<typeof DisabledReason>;

/** How an endpoint fares. Postrider's own; clients that do not know these fields pass them over. */
const endpointStateFields = {
  disabledReason: DisabledReason.nullish().meta({
    description: 'Why it is disabled; null while it is not, or where nobody knows any more.',
  }),
  disabledAt: timestamp.nullish().meta({ description: 'When it was disabled; null as the reason is.' }),
  failingSince: timestamp.nullish().meta({
    description:
      'Since when messages have failed to the end without a success between. Told by get and list.',
  }),
};

export const EndpointOut = z
  .object({ ...endpointOutFields, metadata: z.record(z.string(), z.string()), ...endpointStateFields })
  .meta({ id: 'EndpointOut' });
export type EndpointOut = z.infer<typeof EndpointOut>;

export const ListResponseEndpointOut = listOf(EndpointOut).meta({ id: 'ListResponse_EndpointOut_' });
