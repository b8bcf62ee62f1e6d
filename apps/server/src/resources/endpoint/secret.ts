import { DEFAULT_SECRET_GRACE_SECONDS, type EndpointSecretRotateIn } from '@postrider/contract';
import { concernedEnvironment, namesOfEndpoint, recordAudit } from '../../audit.js';
import type { Context, RequestContext } from '../../context.js';
import type { Queryable } from '../../database/database.js';
import { secretContext } from '../../dispatch/application-cache.js';
import { requireEndpoint } from '../../endpoints.js';
import { AppError, invalidInput, notFound } from '../../errors.js';
import { createId } from '../../ids.js';
import { events } from '../../observability/events.js';
import {
  generateSecret,
  parseSecret,
  publicForm,
  SecretError,
  type SigningSecret,
} from '../../signing/secret.js';
import type { Application } from '../../storage/application.js';
import { updateEndpoint } from '../../storage/endpoint.js';
import {
  countOldSecrets,
  deleteEndedSecrets,
  findCurrentSecret,
  insertEndpointSecret,
  retireCurrentSecret,
} from '../../storage/endpoint-secret.js';
import { changeEndpoints } from './change.js';

/** How many old secrets may sign besides the current one. */
const MAX_OLD_SECRETS = 10;
/** Ids of secrets are seen by nobody. */
const ID_PREFIX = 'epkey_';

interface EndpointKey {
  readonly applicationId: string;
  readonly endpointId: string;
}

/**
 * The secret that a caller gives an endpoint, or a new one where none is given.
 *
 * @param field name of the field that it came in
 * @throws InvalidInputError when it is none; the message never holds it
 */
export function takeSecret(
  ctx: Context,
  text: string | null | undefined,
  field: 'secret' | 'key',
): SigningSecret {
  if (text === null || text === undefined) return generateSecret(ctx.config.signature.defaultType);
  try {
    return parseSecret(text);
  } catch (error) {
    if (!(error instanceof SecretError)) throw error;
    // Two forms of 422 and two names: spec, wire behaviour, section 3.2.
    if (error.family === 'semantic') throw invalidInput(['body', 'key', '__all__'], error.message);
    throw invalidInput(['body', field], `${field}: ${error.message}`, 'value_error.jsondecode');
  }
}

/** Stores the endpoint's current secret. The one before must be retired. */
export const storeSecret = (
  ctx: Context,
  transaction: Queryable,
  key: EndpointKey,
  secret: SigningSecret,
  createdAt: Date,
): Promise<void> =>
  insertEndpointSecret(transaction, {
    ...key,
    id: createId(ID_PREFIX, createdAt),
    secret: ctx.vault.seal(secret.text, secretContext(key.endpointId)),
    createdAt,
  });

/**
 * What verifies the endpoint's messages: its HMAC secret, or its public ed25519 key.
 *
 * @throws AppError 404
 */
export async function describeSecret(
  ctx: RequestContext,
  application: Application,
  idOrUid: string,
): Promise<string> {
  const endpoint = await requireEndpoint(ctx.database.kysely, application.id, idOrUid);
  const sealed = await findCurrentSecret(ctx.database.kysely, {
    applicationId: application.id,
    endpointId: endpoint.id,
  });
  // Deleted between the two looks.
  if (!sealed) throw notFound();
  return publicForm(parseSecret(ctx.vault.open(sealed, secretContext(endpoint.id)).toString()));
}

async function refuseTooMany(transaction: Queryable, key: EndpointKey, now: Date): Promise<void> {
  const old = await countOldSecrets(transaction, key, now);
  if (old.count < MAX_OLD_SECRETS) return;
  throw new AppError(
    400,
    'limit_reached',
    `You can only rotate a key ${MAX_OLD_SECRETS} times; please wait for old keys to expire. Your next key expires at ${old.firstExpiresAt?.toISOString()}.`,
  );
}

/**
 * Gives the endpoint a new secret. The old one goes on signing besides it for the grace; without grace it is erased at
 * once, which is always possible. Gives what verifies the new one.
 *
 * @throws InvalidInputError for a key that is none; AppError 404, 400 when too many old ones still sign
 */
export async function rotateSecret(
  ctx: RequestContext,
  application: Application,
  idOrUid: string,
  input: EndpointSecretRotateIn,
): Promise<string> {
  const secret = takeSecret(ctx, input.key, 'key');
  const graceSeconds = input.gracePeriodSeconds ?? DEFAULT_SECRET_GRACE_SECONDS;
  const endpointId = await changeEndpoints(ctx, application.id, async (transaction, tell) => {
    const endpoint = await requireEndpoint(transaction, application.id, idOrUid);
    const key = { applicationId: application.id, endpointId: endpoint.id };
    const now = ctx.clock.now();
    if (graceSeconds > 0) await refuseTooMany(transaction, key, now);
    await updateEndpoint(transaction, application.id, endpoint.id, { updatedAt: now });
    await retireCurrentSecret(transaction, key, new Date(now.getTime() + graceSeconds * 1000));
    await deleteEndedSecrets(transaction, key, now);
    await storeSecret(ctx, transaction, key, secret, now);
    tell('endpoint.updated', endpoint);
    await recordAudit(ctx, transaction, {
      environmentId: concernedEnvironment(application),
      action: 'endpoint.secret_rotated',
      target: endpoint.id,
      applicationId: application.id,
      details: { graceSeconds: String(graceSeconds) },
    });
    return endpoint.id;
  });
  events.endpointSecretRotated(ctx, { ...namesOfEndpoint(application, endpointId), graceSeconds });
  return publicForm(secret);
}

/** First version of the official clients that reads the new secret from the answer to a rotation. */
const READS_SECRET = { major: 2, minor: 7 };

/**
 * Whether the caller reads the secret from the answer: official clients take either an answer with it or one without,
 * by version, for a failure (spec: wire behaviour, section 11.4).
 */
export function readsRotatedSecret(userAgent: string): boolean {
  const [, major = 0, minor = 0] = (/^svix-libs\/(\d+)\.(\d+)/.exec(userAgent) ?? []).map(Number);
  return major > READS_SECRET.major || (major === READS_SECRET.major && minor >= READS_SECRET.minor);
}
