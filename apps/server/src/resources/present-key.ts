import type { ApiTokenCensoredOut, ApiTokenOut } from '@postrider/contract';
import type { ApiKeyRow } from '../storage/api-key.js';
import { ENVIRONMENT_KEY_PREFIX, MESSAGE_TOKEN_PREFIX } from '../tokens.js';

const shared = (row: ApiKeyRow) => ({
  id: row.id,
  name: row.name,
  createdAt: row.created_at.toISOString(),
  expiresAt: row.expires_at?.toISOString() ?? null,
  scopes: row.scopes,
});

/** A new key as its maker sees it, this once. */
export const presentNewKey = ({ token, key }: { token: string; key: ApiKeyRow }): ApiTokenOut => ({
  token,
  ...shared(key),
});

/** A key as lists show it. */
export const presentKey = (row: ApiKeyRow): ApiTokenCensoredOut => ({
  censoredToken: `${row.application_id === null ? ENVIRONMENT_KEY_PREFIX : MESSAGE_TOKEN_PREFIX}…${row.token_tail ?? ''}`,
  ...shared(row),
  lastUsedAt: row.last_used_at?.toISOString() ?? null,
  ...(row.application_id === null ? {} : { applicationId: row.application_id }),
});
