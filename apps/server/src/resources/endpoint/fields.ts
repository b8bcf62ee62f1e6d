import type { EndpointPatch, EndpointUpsertIn } from '@postrider/contract';
import type { EndpointFields } from '../../storage/endpoint.js';

/** What a PUT replaces. */
export type Fields = Omit<EndpointFields, 'headers'>;

/** The fields of an endpoint from what a caller sent; what is absent or null is empty. */
export const toFields = (input: EndpointUpsertIn): Fields => ({
  uid: input.uid ?? null,
  url: input.url,
  description: input.description,
  version: input.version,
  throttleRate: input.throttleRate ?? null,
  disabled: input.disabled,
  eventTypes: input.eventTypes ?? null,
  channels: input.channels ?? null,
  metadata: input.metadata ?? {},
});

/** The fields that a PATCH changes. */
export const toChange = (patch: EndpointPatch): Partial<Fields> => ({
  ...(patch.uid === undefined ? {} : { uid: patch.uid }),
  ...(patch.url === undefined ? {} : { url: patch.url }),
  ...(patch.description === undefined ? {} : { description: patch.description }),
  ...(patch.version === undefined ? {} : { version: patch.version }),
  ...(patch.throttleRate === undefined ? {} : { throttleRate: patch.throttleRate }),
  ...(patch.disabled === undefined ? {} : { disabled: patch.disabled }),
  ...(patch.eventTypes === undefined ? {} : { eventTypes: patch.eventTypes }),
  ...(patch.channels === undefined ? {} : { channels: patch.channels }),
  ...(patch.metadata === undefined ? {} : { metadata: patch.metadata ?? {} }),
});
