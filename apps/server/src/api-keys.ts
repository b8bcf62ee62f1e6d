import { type ApiKeyScope, ID_PREFIX } from '@postrider/contract';
import { recordAudit } from './audit.js';
import type { Context } from './context.js';
import type { Queryable } from './database/database.js';
import { ConfigurationError } from './errors.js';
import { createId } from './ids.js';
import { events } from './observability/events.js';
import { type ApiKeyRow, hasApiKey, insertApiKey } from './storage/api-key.js';
import { ensureEnvironment, findDefaultEnvironment, findEnvironment } from './storage/environment.js';
import { createToken, ENVIRONMENT_KEY_PREFIX, hashToken, MESSAGE_TOKEN_PREFIX } from './tokens.js';

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

/** What a new key is to be. */
export interface KeyRequest {
  readonly environmentId: string;
  readonly name: string;
  readonly scopes: readonly ApiKeyScope[];
  /** For a message token: the one application that it is for. */
  readonly applicationId?: string;
  /** Null: it lives until it is ended. */
  readonly expiresAt: Date | null;
}

/** How many of its last characters are kept of a key, for people to tell keys apart. */
const TAIL_LENGTH = 4;

/** Stores a key in the transaction and writes it down; undefined when there is one with this token. */
async function storeKey(
  ctx: Context,
  transaction: Queryable,
  token: string,
  request: KeyRequest,
): Promise<ApiKeyRow | undefined> {
  const createdAt = ctx.clock.now();
  const stored = await insertApiKey(transaction, {
    ...request,
    applicationId: request.applicationId ?? null,
    id: createId(ID_PREFIX.apiKey, createdAt),
    tokenHash: hashToken(token),
    tokenTail: token.slice(-TAIL_LENGTH),
    createdAt,
  });
  if (!stored) return undefined;
  await recordAudit(ctx, transaction, {
    environmentId: request.environmentId,
    action: 'api_key.created',
    target: stored.id,
    ...(request.applicationId === undefined ? {} : { applicationId: request.applicationId }),
    details: { scopes: request.scopes.join(' ') },
  });
  return stored;
}

const report = (ctx: Context, { environment_id, id }: ApiKeyRow): void =>
  events.apiKeyCreated(ctx, { environmentId: environment_id, keyId: id });

/** Makes a key and gives it, with what is stored of it. It is stored as a hash only, so it can be read this once. */
export async function issueKey(
  ctx: Context,
  request: KeyRequest,
): Promise<{ token: string; key: ApiKeyRow }> {
  const token = createToken(
    request.applicationId === undefined ? ENVIRONMENT_KEY_PREFIX : MESSAGE_TOKEN_PREFIX,
  );
  const key = await ctx.database.kysely
    .transaction()
    .execute((transaction) => storeKey(ctx, transaction, token, request));
  if (!key) throw new Error('a random token was made twice');
  report(ctx, key);
  return { token, key };
}

/** What a key may do when nobody says otherwise. */
export const STANDARD_SCOPES: readonly ApiKeyScope[] = ['environment'];
/** What the first key of a server may do: somebody has to be able to make the others. */
const FIRST_SCOPES: readonly ApiKeyScope[] = ['environment', 'management'];

/**
 * Makes a key on the command line and gives it. An environment that is new is made first; undefined means the default
 * one.
 *
 * @throws ConfigurationError for a malformed environment id, and one whose environment was deleted
 */
export async function createApiKey(
  ctx: Context,
  environmentId: string | undefined,
  scopes: readonly ApiKeyScope[] = STANDARD_SCOPES,
): Promise<string> {
  if (environmentId !== undefined && !ENVIRONMENT_ID.test(environmentId)) {
    throw new ConfigurationError(
      'an environment id starts with org_ and goes on with letters, digits, "_", "." or "-", 64 at most',
    );
  }
  const id = environmentId ?? (await ensureDefaultEnvironment(ctx));
  if (environmentId !== undefined) await ensureNamedEnvironment(ctx, id);
  const name = 'Created on the command line';
  const { token } = await issueKey(ctx, { environmentId: id, name, scopes, expiresAt: null });
  return token;
}

async function ensureNamedEnvironment(ctx: Context, id: string): Promise<void> {
  const { kysely } = ctx.database;
  await kysely.transaction().execute(async (transaction) => {
    const environment = { id, name: id, isDefault: false, createdAt: ctx.clock.now() };
    if (!(await ensureEnvironment(transaction, environment))) return;
    await recordAudit(ctx, transaction, { environmentId: id, action: 'environment.created', target: id });
  });
  if (await findEnvironment(kysely, id)) return;
  throw new ConfigurationError(`the environment ${id} was deleted; take another id`);
}

/**
 * Sees to it that somebody can call: stores the configured key, or makes the first one. Gives a key only when it was
 * made now, to be shown once.
 */
export async function ensureFirstKey(ctx: Context): Promise<string | undefined> {
  const environmentId = await ensureDefaultEnvironment(ctx);
  const token = ctx.config.apiKey;
  if (token !== undefined) {
    const request = { environmentId, name: 'POSTRIDER_API_KEY', scopes: FIRST_SCOPES, expiresAt: null };
    const key = await ctx.database.kysely
      .transaction()
      .execute((transaction) => storeKey(ctx, transaction, token, request));
    if (key) report(ctx, key);
    return undefined;
  }
  if (await hasApiKey(ctx.database.kysely, environmentId)) return undefined;
  return createApiKey(ctx, undefined, FIRST_SCOPES);
}
