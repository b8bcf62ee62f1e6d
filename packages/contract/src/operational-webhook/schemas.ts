import { z } from 'zod';
import { EndpointHeadersIn, EndpointHeadersOut } from '../endpoint/headers.js';
import { endpointOutFields, upsertFields as ofEndpoints, presentNames } from '../endpoint/schemas.js';
import { EndpointSecretOut, EndpointSecretRotateIn, endpointSecret } from '../endpoint/secret.js';
import { uniqueList } from '../shared/fields.js';
import { listOf } from '../shared/pagination.js';
import { endpointHeaders } from '../shared/webhook-headers.js';
import { OPERATIONAL_EVENT_TYPES } from './events.js';

/** Types of operational events that an endpoint listens to. An empty list is read as null, as for other endpoints. */
const operationalTypes = uniqueList(z.enum(OPERATIONAL_EVENT_TYPES)).transform((list) =>
  list.length === 0 ? null : list,
);
const listenedTypes = operationalTypes.meta({
  description: 'Types of the operational events that it receives. Null or empty: all.',
});
const filterTypes = operationalTypes.meta({
  description: 'Former name of `eventTypes`, which wins where both are given.',
  deprecated: true,
});

const { channels: _channels, version: _version, ...shared } = ofEndpoints;
/** What a PUT replaces. Operational events have no channels. */
const upsertFields = { ...shared, eventTypes: listenedTypes.nullish(), filterTypes: filterTypes.nullish() };

/** After parsing `rateLimit` and `filterTypes` are absent: `throttleRate` and `eventTypes` hold them. */
export const OperationalWebhookEndpointIn = z
  .object({
    ...upsertFields,
    secret: endpointSecret.nullish(),
    headers: endpointHeaders.meta({ description: 'Headers that it gets with each message.' }).nullish(),
  })
  .overwrite(presentNames)
  .meta({ id: 'OperationalWebhookEndpointIn' });
export type OperationalWebhookEndpointIn = z.infer<typeof OperationalWebhookEndpointIn>;

/** After parsing `rateLimit` and `filterTypes` are absent. */
export const OperationalWebhookEndpointUpsertIn = z
  .object(upsertFields)
  .overwrite(presentNames)
  .meta({ id: 'OperationalWebhookEndpointUpsertIn' });
export type OperationalWebhookEndpointUpsertIn = z.infer<typeof OperationalWebhookEndpointUpsertIn>;

const { channels: _outChannels, version: _outVersion, ...outFields } = endpointOutFields;

export const OperationalWebhookEndpointOut = z
  .object({ ...outFields, metadata: z.record(z.string(), z.string()) })
  .meta({ id: 'OperationalWebhookEndpointOut' });
export type OperationalWebhookEndpointOut = z.infer<typeof OperationalWebhookEndpointOut>;

export const ListResponseOperationalWebhookEndpointOut = listOf(OperationalWebhookEndpointOut).meta({
  id: 'ListResponse_OperationalWebhookEndpointOut_',
});

/** Secrets and headers are those of any endpoint; generated clients know them by names of their own. */
export const OperationalWebhookEndpointSecretIn = z
  .object(EndpointSecretRotateIn.shape)
  .meta({ id: 'OperationalWebhookEndpointSecretIn' });
export const OperationalWebhookEndpointSecretOut = z
  .object(EndpointSecretOut.shape)
  .meta({ id: 'OperationalWebhookEndpointSecretOut' });
export const OperationalWebhookEndpointHeadersIn = z
  .object(EndpointHeadersIn.shape)
  .meta({ id: 'OperationalWebhookEndpointHeadersIn' });
export const OperationalWebhookEndpointHeadersOut = z
  .object(EndpointHeadersOut.shape)
  .meta({ id: 'OperationalWebhookEndpointHeadersOut' });
