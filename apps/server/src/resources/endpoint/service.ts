import { type EndpointIn, type EndpointPatch, type EndpointUpsertIn, ID_PREFIX } from '@postrider/contract';
import { namesOfEndpoint } from '../../audit.js';
import type { RequestContext } from '../../context.js';
import type { Queryable } from '../../database/database.js';
import { requireEndpoint } from '../../endpoints.js';
import { conflict, notFound } from '../../errors.js';
import { createId } from '../../ids.js';
import { events } from '../../observability/events.js';
import { checkChannels } from '../../quotas.js';
import type { SigningSecret } from '../../signing/secret.js';
import type { Application } from '../../storage/application.js';
import {
  deleteEndpoint,
  type Endpoint,
  findEndpoint,
  insertEndpoint,
  updateEndpoint,
} from '../../storage/endpoint.js';
import { deleteEndpointSecrets } from '../../storage/endpoint-secret.js';
import { wakeEndpoint } from '../../storage/endpoint-work.js';
import { isUniqueViolation } from '../../storage/violation.js';
import { changeEndpoints, type Tell } from './change.js';
import { checkEventTypes } from './check.js';
import { type Fields, toChange, toFields } from './fields.js';
import { mergeHeaders, sealHeaders } from './headers.js';
import { disablingByHand } from './health.js';
import { checkFields, type EndpointRules, refuseBeyondLimit, rulesOf } from './rules.js';
import { storeSecret, takeSecret } from './secret.js';

interface Changing {
  readonly transaction: Queryable;
  readonly tell: Tell;
}

async function create(
  ctx: RequestContext,
  { transaction, tell }: Changing,
  application: Application,
  fields: Fields,
  { secret, headers }: { secret: SigningSecret; headers: Readonly<Record<string, string>> },
  rules: EndpointRules,
): Promise<Endpoint> {
  await refuseBeyondLimit(transaction, rules, application.id);
  await checkEventTypes(transaction, application.environment_id, fields.eventTypes, null);
  const createdAt = ctx.clock.now();
  const id = createId(ID_PREFIX.endpoint, createdAt);
  const made = await insertEndpoint(transaction, {
    ...fields,
    ...disablingByHand(ctx, fields.disabled, createdAt),
    headers: sealHeaders(ctx, id, headers),
    environmentId: application.environment_id,
    applicationId: application.id,
    id,
    createdAt,
  });
  if (!made) throw conflict();
  await storeSecret(ctx, transaction, { applicationId: application.id, endpointId: id }, secret, createdAt);
  tell('endpoint.created', made);
  return made;
}

/** Says 409 where the database says that a uid is taken. */
const refuseTakenUid = (error: unknown): never => {
  throw isUniqueViolation(error) ? conflict() : error;
};

async function change(
  ctx: RequestContext,
  { transaction, tell }: Changing,
  before: Endpoint,
  fields: Partial<Fields>,
): Promise<Endpoint> {
  await checkEventTypes(transaction, before.environment_id, fields.eventTypes, before.event_types);
  const now = ctx.clock.now();
  const opens = before.disabled && fields.disabled === false;
  const closes = !before.disabled && fields.disabled === true;
  const updated = await updateEndpoint(transaction, before.application_id, before.id, {
    ...fields,
    ...(opens || closes ? disablingByHand(ctx, closes, now) : {}),
    ...(opens ? { firstFailureAt: null } : {}),
    updatedAt: now,
  }).catch(refuseTakenUid);
  if (!updated) throw notFound();
  // Whoever takes its waiting deliveries now sees that it is closed, and closes them.
  if (updated.disabled) await wakeEndpoint(transaction, updated.application_id, updated.id, now);
  tell('endpoint.updated', updated);
  if (before.disabled !== updated.disabled) {
    tell(updated.disabled ? 'endpoint.disabled' : 'endpoint.enabled', updated);
  }
  return updated;
}

/** Reports a change after its commit. `before` is undefined for a new endpoint. */
function report(
  ctx: RequestContext,
  application: Application,
  before: Endpoint | undefined,
  after: Endpoint,
): void {
  const names = namesOfEndpoint(application, after.id);
  if (before) events.endpointUpdated(ctx, names);
  else events.endpointCreated(ctx, names);
  if (before?.disabled && !after.disabled) events.endpointEnabled(ctx, names);
  if (before?.disabled === false && after.disabled) events.endpointDisabled(ctx, names);
}

/**
 * Makes an endpoint with the secret given, or with a new one.
 *
 * @throws InvalidInputError; AppError 409 when the uid is taken, 400 when there are as many as there may be
 */
export async function addEndpoint(
  ctx: RequestContext,
  application: Application,
  input: EndpointIn,
): Promise<Endpoint> {
  const rules = await rulesOf(ctx, application.environment_id);
  const fields = toFields(input);
  checkFields(rules, fields);
  checkChannels(ctx, input.channels);
  const secret = takeSecret(ctx, input.secret, 'secret');
  const headers = mergeHeaders({}, { headers: input.headers ?? {}, deleteHeaders: [] });
  const made = await changeEndpoints(ctx, application.id, (transaction, tell) =>
    create(ctx, { transaction, tell }, application, fields, { secret, headers }, rules),
  );
  report(ctx, application, undefined, made);
  return made;
}

/**
 * Replaces an endpoint but for its secret and headers, or makes one where none has the id or uid; the path's value is
 * not taken as uid.
 *
 * @throws InvalidInputError; AppError 409 when the uid is taken, 400 when there are as many as there may be
 */
export async function upsertEndpoint(
  ctx: RequestContext,
  application: Application,
  idOrUid: string,
  input: EndpointUpsertIn,
): Promise<{ endpoint: Endpoint; created: boolean }> {
  checkChannels(ctx, input.channels);
  const rules = await rulesOf(ctx, application.environment_id);
  const fields = toFields(input);
  checkFields(rules, fields);
  const { before, endpoint } = await changeEndpoints(ctx, application.id, async (transaction, tell) => {
    const changing = { transaction, tell };
    const found = await findEndpoint(transaction, application.id, idOrUid);
    if (found) return { before: found, endpoint: await change(ctx, changing, found, fields) };
    const secret = takeSecret(ctx, undefined, 'secret');
    return { endpoint: await create(ctx, changing, application, fields, { secret, headers: {} }, rules) };
  });
  report(ctx, application, before, endpoint);
  return { endpoint, created: before === undefined };
}

/**
 * Changes the given fields; null clears, absent leaves.
 *
 * @throws InvalidInputError; AppError 404, 409 when the uid is taken
 */
export async function patchEndpoint(
  ctx: RequestContext,
  application: Application,
  idOrUid: string,
  patch: EndpointPatch,
): Promise<Endpoint> {
  checkChannels(ctx, patch.channels);
  const fields = toChange(patch);
  checkFields(await rulesOf(ctx, application.environment_id), fields);
  const { before, endpoint } = await changeEndpoints(ctx, application.id, async (transaction, tell) => {
    const found = await requireEndpoint(transaction, application.id, idOrUid);
    return { before: found, endpoint: await change(ctx, { transaction, tell }, found, fields) };
  });
  report(ctx, application, before, endpoint);
  return endpoint;
}

/**
 * Deletes an endpoint: it is 404 from now on, its uid is free, its secrets and headers are erased, what waits for it is
 * closed.
 *
 * @throws AppError 404
 */
export async function removeEndpoint(
  ctx: RequestContext,
  application: Application,
  idOrUid: string,
): Promise<void> {
  const endpoint = await changeEndpoints(ctx, application.id, async (transaction, tell) => {
    const found = await requireEndpoint(transaction, application.id, idOrUid);
    const now = ctx.clock.now();
    if (!(await deleteEndpoint(transaction, application.id, found.id, now))) throw notFound();
    await deleteEndpointSecrets(transaction, { applicationId: application.id, endpointId: found.id });
    await wakeEndpoint(transaction, application.id, found.id, now);
    tell('endpoint.deleted', found);
    return found;
  });
  events.endpointDeleted(ctx, namesOfEndpoint(application, endpoint.id));
}
