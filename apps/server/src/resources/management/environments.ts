import { type EnvironmentModelIn, ID_PREFIX } from '@postrider/contract';
import { recordAudit } from '../../audit.js';
import type { RequestContext } from '../../context.js';
import { closeEnvironment } from '../../environment-removal.js';
import { conflict, notFound } from '../../errors.js';
import type { EnvironmentCaller } from '../../handlers.js';
import { createId } from '../../ids.js';
import { events } from '../../observability/events.js';
import {
  deleteEnvironment,
  type Environment,
  findEnvironment,
  insertEnvironment,
  renameEnvironment,
} from '../../storage/environment.js';

/** Transactions that a call closes applications in; what is left is closed by maintenance, within a minute. */
const STEPS_OF_CALL = 50;

/** @throws AppError 404 */
export async function requireEnvironment(ctx: RequestContext, id: string): Promise<Environment> {
  const environment = await findEnvironment(ctx.database.kysely, id);
  if (!environment) throw notFound();
  return environment;
}

/** Makes an environment without keys. It is written down where the caller can read it: in their own environment. */
export async function addEnvironment(
  ctx: RequestContext,
  caller: EnvironmentCaller,
  input: EnvironmentModelIn,
): Promise<Environment> {
  const createdAt = ctx.clock.now();
  const id = createId(ID_PREFIX.environment, createdAt);
  const made = await ctx.database.kysely.transaction().execute(async (transaction) => {
    const { name, type } = input;
    const environment = await insertEnvironment(transaction, { id, name, type, isDefault: false, createdAt });
    await recordAudit(ctx, transaction, {
      environmentId: caller.environmentId,
      action: 'environment.created',
      target: id,
    });
    return environment;
  });
  events.environmentCreated(ctx, { environmentId: id });
  return made;
}

/** @throws AppError 404 */
export async function changeEnvironment(
  ctx: RequestContext,
  caller: EnvironmentCaller,
  id: string,
  name: string,
): Promise<Environment> {
  const changed = await ctx.database.kysely.transaction().execute(async (transaction) => {
    const environment = await renameEnvironment(transaction, id, name, ctx.clock.now());
    if (!environment) throw notFound();
    await recordAudit(ctx, transaction, {
      environmentId: caller.environmentId,
      action: 'environment.updated',
      target: id,
      details: { fields: 'name' },
    });
    return environment;
  });
  events.environmentUpdated(ctx, { environmentId: id });
  return changed;
}

/**
 * Deletes an environment: its keys and portal sessions end, which all processes see within a second, its applications
 * are gone, what waits for their endpoints is canceled. Its rows go later, in small steps.
 *
 * @throws AppError 404; 409 for the default environment and for the caller's own: who calls would be locked out
 */
export async function removeEnvironment(
  ctx: RequestContext,
  caller: EnvironmentCaller,
  id: string,
): Promise<void> {
  const { is_default: isDefault } = await requireEnvironment(ctx, id);
  if (isDefault) throw conflict('The default environment cannot be deleted.');
  if (id === caller.environmentId) {
    throw conflict(
      'This key belongs to the environment. Use a key of another environment that has the scope management.',
    );
  }
  const now = ctx.clock.now();
  await ctx.database.kysely.transaction().execute(async (transaction) => {
    if (!(await deleteEnvironment(transaction, id, now))) throw notFound();
    await recordAudit(ctx, transaction, {
      environmentId: caller.environmentId,
      action: 'environment.deleted',
      target: id,
    });
  });
  const applications = await closeEnvironment(ctx, id, STEPS_OF_CALL);
  events.environmentDeleted(ctx, { environmentId: id, applications });
}
