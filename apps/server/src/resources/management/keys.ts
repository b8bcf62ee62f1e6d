import type { ApiKeyScope, ApiTokenIn, ApiTokenPatch } from '@postrider/contract';
import { issueKey, STANDARD_SCOPES } from '../../api-keys.js';
import { recordAudit } from '../../audit.js';
import type { RequestContext } from '../../context.js';
import type { Queryable } from '../../database/database.js';
import { insufficientAccess, invalidInput, notFound } from '../../errors.js';
import type { EnvironmentCaller } from '../../handlers.js';
import { events } from '../../observability/events.js';
import {
  type ApiKeyRow,
  expireApiKey,
  findApiKeyById,
  lockApiKey,
  updateApiKey,
} from '../../storage/api-key.js';
import { findEnvironment } from '../../storage/environment.js';

/**
 * Whether the caller may look after the keys of this environment: with `management` any, otherwise their own.
 *
 * @throws AppError 404 when the environment is another's, or is not there
 */
export async function requireKeysOf(
  ctx: RequestContext,
  caller: EnvironmentCaller,
  environmentId: string,
): Promise<void> {
  if (caller.environmentId === environmentId) return;
  if (!caller.scopes.includes('management')) throw notFound();
  if (!(await findEnvironment(ctx.database.kysely, environmentId))) throw notFound();
}

/** Nobody gives a key, or changes one, that may do more than they themselves. */
function requireScopes(caller: EnvironmentCaller, scopes: readonly string[]): void {
  // Who manages all environments could make themselves any key.
  if (caller.scopes.includes('management')) return;
  const missing = scopes.filter((scope) => scope === 'management' || !caller.scopes.includes('environment'));
  if (missing.length === 0) return;
  throw insufficientAccess(`The calling key lacks the scope ${missing.join(', ')} itself.`);
}

/**
 * Makes a key of the environment.
 *
 * @throws AppError 404, 403 for scopes that the caller lacks
 */
export async function addKey(
  ctx: RequestContext,
  caller: EnvironmentCaller,
  environmentId: string,
  input: ApiTokenIn,
): Promise<{ token: string; key: ApiKeyRow }> {
  await requireKeysOf(ctx, caller, environmentId);
  const scopes: readonly ApiKeyScope[] = input.scopes ?? STANDARD_SCOPES;
  requireScopes(caller, scopes);
  return issueKey(ctx, { environmentId, name: input.name, scopes, expiresAt: null });
}

/** @throws AppError 404 */
export async function requireKey(
  ctx: RequestContext,
  caller: EnvironmentCaller,
  environmentId: string,
  id: string,
): Promise<ApiKeyRow> {
  await requireKeysOf(ctx, caller, environmentId);
  const key = await findApiKeyById(ctx.database.kysely, environmentId, id);
  if (!key) throw notFound();
  return key;
}

/** Changes a key that is locked meanwhile. @throws AppError 404, 403 for a key that may do more than the caller */
async function changeLocked<T>(
  ctx: RequestContext,
  caller: EnvironmentCaller,
  environmentId: string,
  id: string,
  change: (transaction: Queryable, key: ApiKeyRow) => Promise<T>,
): Promise<T> {
  await requireKeysOf(ctx, caller, environmentId);
  return ctx.database.kysely.transaction().execute(async (transaction) => {
    const key = await lockApiKey(transaction, environmentId, id);
    if (!key) throw notFound();
    requireScopes(caller, key.scopes);
    return change(transaction, key);
  });
}

/**
 * Changes name and scopes of a key; absent leaves, null takes the name away.
 *
 * @throws AppError 404, 403; InvalidInputError for the scopes of a message token, which are what it is
 */
export async function changeKey(
  ctx: RequestContext,
  caller: EnvironmentCaller,
  environmentId: string,
  id: string,
  patch: ApiTokenPatch,
): Promise<ApiKeyRow> {
  const scopes = patch.scopes ?? undefined;
  const changed = await changeLocked(ctx, caller, environmentId, id, async (transaction, key) => {
    if (scopes !== undefined) {
      requireScopes(caller, scopes);
      if (key.application_id !== null) {
        throw invalidInput(['body', 'scopes'], 'The scopes of a message token cannot be changed.');
      }
    }
    const row = await updateApiKey(transaction, id, {
      ...(patch.name === undefined ? {} : { name: patch.name }),
      ...(scopes === undefined ? {} : { scopes }),
    });
    await recordAudit(ctx, transaction, {
      environmentId,
      action: 'api_key.updated',
      target: id,
      details: {
        fields: Object.keys(patch).join(' '),
        ...(scopes === undefined ? {} : { scopes: scopes.join(' ') }),
      },
    });
    return row;
  });
  events.apiKeyUpdated(ctx, { environmentId, keyId: id });
  return changed;
}

/**
 * Ends a key, at once or after a grace in seconds; all processes see it within a second.
 *
 * @throws AppError 404, 403
 */
export async function endKey(
  ctx: RequestContext,
  caller: EnvironmentCaller,
  environmentId: string,
  id: string,
  graceSeconds: number,
): Promise<void> {
  await changeLocked(ctx, caller, environmentId, id, async (transaction) => {
    await expireApiKey(transaction, id, new Date(ctx.clock.now().getTime() + graceSeconds * 1000));
    await recordAudit(ctx, transaction, {
      environmentId,
      action: 'api_key.expired',
      target: id,
      details: { graceSeconds: String(graceSeconds) },
    });
  });
  events.apiKeyExpired(ctx, { environmentId, keyId: id, graceSeconds });
}
