import type { EndpointOut } from '@postrider/contract';
import type { Endpoint } from '../../storage/endpoint.js';

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
});
