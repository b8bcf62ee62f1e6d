import { DisabledReason, type EndpointOut } from '@postrider/contract';
import type { Endpoint } from '../../storage/endpoint.js';

/** A reason that this version does not know, as after going back to an older one, is as good as none. */
const reasonOf = (stored: string | null): DisabledReason | null =>
  DisabledReason.safeParse(stored).data ?? null;

/** An endpoint as callers see it. */
export const presentEndpoint = (row: Endpoint): EndpointOut => ({
  description: row.description,
  rateLimit: row.throttle_rate,
  throttleRate: row.throttle_rate,
  uid: row.uid,
  url: row.url,
  version: row.version,
  disabled: row.disabled,
  eventTypes: row.event_types,
  filterTypes: row.event_types,
  channels: row.channels,
  createdAt: row.created_at.toISOString(),
  updatedAt: row.updated_at.toISOString(),
  id: row.id,
  metadata: row.metadata,
  disabledReason: row.disabled ? reasonOf(row.disabled_reason) : null,
  disabledAt: row.disabled ? (row.disabled_at?.toISOString() ?? null) : null,
});
