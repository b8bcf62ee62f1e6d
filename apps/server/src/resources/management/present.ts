import type { EnvironmentModelOut } from '@postrider/contract';
import type { Environment } from '../../storage/environment.js';

/** An environment as callers see it. */
export const presentEnvironment = (row: Environment): EnvironmentModelOut => ({
  id: row.id,
  createdAt: row.created_at.toISOString(),
  updatedAt: row.updated_at.toISOString(),
  region: 'self-hosted',
  name: row.name,
  type: row.type === 'development' ? 'development' : 'production',
});
