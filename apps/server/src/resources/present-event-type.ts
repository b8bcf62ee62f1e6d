import type { EventTypeOut } from '@postrider/contract';
import type { EventType } from '../storage/event-type.js';

/** An event type as callers see it. */
export const presentEventType = (row: EventType): EventTypeOut => ({
  name: row.name,
  description: row.description,
  archived: row.archived,
  deprecated: row.deprecated,
  schemas: row.schemas,
  createdAt: row.created_at.toISOString(),
  updatedAt: row.updated_at.toISOString(),
  groupName: row.group_name,
  featureFlags: row.feature_flags,
  featureFlag: row.feature_flags?.[0] ?? null,
});
