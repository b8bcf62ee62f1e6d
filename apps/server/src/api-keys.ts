import { ID_PREFIX } from '@postrider/contract';
import type { Context } from './context.js';
import { ConfigurationError } from './errors.js';
import { createId } from './ids.js';
import { events } from './observability/events.js';
import { hasApiKey, insertApiKey } from './storage/api-key.js';
import { ensureEnvironment, findDefaultEnvironment } from './storage/environment.js';
import { createToken, ENVIRONMENT_KEY_PREFIX, hashToken } from './tokens.js';

const ENVIRONMENT_ID = /^org_[a-zA-Z0-9_.-]{1,64}$/;

/** The default environment's id; the environment is made at the first start. */
export async function ensureDefaultEnvironment(ctx: Context): Promise<string> {
  const createdAt = ctx.clock.now();
  const known = await findDefaultEnvironment(ctx.database.kysely);
  if (known) return known.id;
  await ensureEnvironment(ctx.database.kysely, {
    id: createId(ID_PREFIX.environment, createdAt),
    name: 'Default',
    isDefault: true,
    createdAt,
  });
  // Another process may have been quicker; there is one default.
  const stored = await findDefaultEnvironment(ctx.database.kysely);
  if (!stored) throw new Error('the default environment was not stored');
  return stored.id;
}

async function storeKey(ctx: Context, environmentId: string, token: string, name: string): Promise<void> {
  const createdAt = ctx.clock.now();
  const id = createId(ID_PREFIX.apiKey, createdAt);
  const fresh = await insertApiKey(ctx.database.kysely, {
    id,
    environmentId,
    name,
    tokenHash: hashToken(token),
    createdAt,
  });
  if (fresh) events.apiKeyCreated(ctx, { environmentId, keyId: id });
}

/**
 * Makes a key and gives it; it is stored as a hash only, so this is the one time it can be read. An environment that
 * is new is made first; undefined means the default one.
 *
 * @throws ConfigurationError for a malformed environment id
 */
export async function createApiKey(ctx: Context, environmentId: string | undefined): Promise<string> {
  if (environmentId !== undefined && !ENVIRONMENT_ID.test(environmentId)) {
    throw new ConfigurationError(
      'an environment id starts with org_ and goes on with letters, digits, "_", "." or "-", 64 at most',
    );
  }
  const id = environmentId ?? (await ensureDefaultEnvironment(ctx));
  if (environmentId !== undefined) {
    await ensureEnvironment(ctx.database.kysely, {
      id,
      name: id,
      isDefault: false,
      createdAt: ctx.clock.now(),
    });
  }
  const token = createToken(ENVIRONMENT_KEY_PREFIX);
  await storeKey(ctx, id, token, 'Created on the command line');
  return token;
}

/**
 * Sees to it that somebody can call: stores the configured key, or makes the first one. Gives a key only when it was
 * made now, to be shown once.
 */
export async function ensureFirstKey(ctx: Context): Promise<string | undefined> {
  const environmentId = await ensureDefaultEnvironment(ctx);
  if (ctx.config.apiKey !== undefined) {
    await storeKey(ctx, environmentId, ctx.config.apiKey, 'POSTRIDER_API_KEY');
    return undefined;
  }
  if (await hasApiKey(ctx.database.kysely, environmentId)) return undefined;
  return createApiKey(ctx, undefined);
}
