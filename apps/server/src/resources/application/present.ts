import type { ApplicationOut } from '@postrider/contract';
import type { Application } from '../../storage/application.js';

/** An application as callers see it. */
export const presentApplication = (row: Application): ApplicationOut => ({
  ...(row.uid === null ? {} : { uid: row.uid }),
  name: row.name,
  ...(row.throttle_rate === null ? {} : { rateLimit: row.throttle_rate }),
  throttleRate: row.throttle_rate,
  id: row.id,
  createdAt: row.created_at.toISOString(),
  updatedAt: row.updated_at.toISOString(),
  metadata: row.metadata,
});
