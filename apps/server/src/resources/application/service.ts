import type { ApplicationIn, ApplicationPatch } from '@postrider/contract';
import { createApplication, requireApplication, toApplicationFields } from '../../applications.js';
import { recordAudit } from '../../audit.js';
import type { RequestContext } from '../../context.js';
import { conflict, notFound } from '../../errors.js';
import { events } from '../../observability/events.js';
import {
  type Application,
  deleteApplication,
  findApplication,
  updateAlertEmail,
  updateApplication,
} from '../../storage/application.js';
import { wakeApplication } from '../../storage/endpoint-work.js';
import { deleteOneTimeCodes } from '../../storage/one-time-code.js';
import { expirePortalSessions } from '../../storage/portal-session.js';
import { isUniqueViolation } from '../../storage/violation.js';

/** An application and whether this call made it. */
export interface Stored {
  readonly application: Application;
  readonly created: boolean;
}

async function create(
  ctx: RequestContext,
  environmentId: string,
  input: ApplicationIn,
): Promise<Application | undefined> {
  const made = await createApplication(ctx, ctx.database.kysely, environmentId, toApplicationFields(input));
  if (made) events.applicationCreated(ctx, { environmentId, applicationId: made.id });
  return made;
}

/**
 * Makes an application. With `getIfExists` one that has the uid already is given as it is, unchanged.
 *
 * @throws AppError 409 when the uid is taken
 */
export async function addApplication(
  ctx: RequestContext,
  environmentId: string,
  input: ApplicationIn,
  getIfExists: boolean,
): Promise<Stored> {
  const made = await create(ctx, environmentId, input);
  if (made) return { application: made, created: true };
  const existing =
    getIfExists && typeof input.uid === 'string'
      ? await findApplication(ctx.database.kysely, environmentId, input.uid)
      : undefined;
  if (!existing) throw conflict('An application with that id or uid already exists');
  return { application: existing, created: false };
}

/** Says 409 where the database says that a uid is taken. */
const refuseTakenUid = (error: unknown): never => {
  throw isUniqueViolation(error) ? conflict() : error;
};

/**
 * Replaces an application, or makes one where none has the id or uid; the path's value is not taken as uid.
 *
 * @throws AppError 409 when the uid is taken
 */
export async function upsertApplication(
  ctx: RequestContext,
  environmentId: string,
  idOrUid: string,
  input: ApplicationIn,
): Promise<Stored> {
  const existing = await findApplication(ctx.database.kysely, environmentId, idOrUid);
  const updated =
    existing &&
    (await updateApplication(ctx.database.kysely, environmentId, existing.id, {
      ...toApplicationFields(input),
      updatedAt: ctx.clock.now(),
    }).catch(refuseTakenUid));
  if (updated) return { application: updated, created: false };
  const made = await create(ctx, environmentId, input);
  if (!made) throw conflict();
  return { application: made, created: true };
}

/**
 * Changes the given fields; null clears, absent leaves.
 *
 * @throws AppError 404, 409 when the uid is taken
 */
export async function patchApplication(
  ctx: RequestContext,
  environmentId: string,
  idOrUid: string,
  patch: ApplicationPatch,
): Promise<Application> {
  const { id } = await requireApplication(ctx.database.kysely, environmentId, idOrUid);
  const throttleRate = patch.throttleRate === undefined ? patch.rateLimit : patch.throttleRate;
  const updated = await updateApplication(ctx.database.kysely, environmentId, id, {
    ...(patch.name === undefined ? {} : { name: patch.name }),
    ...(patch.uid === undefined ? {} : { uid: patch.uid }),
    ...(throttleRate === undefined ? {} : { throttleRate }),
    ...(patch.metadata === undefined ? {} : { metadata: patch.metadata ?? {} }),
    updatedAt: ctx.clock.now(),
  }).catch(refuseTakenUid);
  if (!updated) throw notFound();
  return updated;
}

/**
 * Deletes an application: it is 404 from now on, its uid is free, its portal sessions and links are over, what waits
 * for its endpoints is closed.
 *
 * @throws AppError 404
 */
export async function removeApplication(
  ctx: RequestContext,
  environmentId: string,
  idOrUid: string,
): Promise<void> {
  const { id } = await requireApplication(ctx.database.kysely, environmentId, idOrUid);
  const now = ctx.clock.now();
  const endedSessions = await ctx.database.kysely.transaction().execute(async (transaction) => {
    if (!(await deleteApplication(transaction, environmentId, id, now))) throw notFound();
    await deleteOneTimeCodes(transaction, id, []);
    // Whoever takes its waiting deliveries now sees that it is gone, and closes them.
    await wakeApplication(transaction, id, now);
    await recordAudit(ctx, transaction, {
      environmentId,
      action: 'application.deleted',
      target: id,
      applicationId: id,
    });
    return expirePortalSessions(transaction, id, now, now, []);
  });
  events.applicationDeleted(ctx, { environmentId, applicationId: id, endedSessions });
}

/**
 * Sets the address for alerts of an application; null clears it, absent leaves it.
 *
 * @throws AppError 404 when the application was deleted meanwhile
 */
export async function changeAlertEmail(
  ctx: RequestContext,
  application: Application,
  email: string | null | undefined,
): Promise<void> {
  if (email === undefined) return;
  const names = { environmentId: application.environment_id, applicationId: application.id };
  await ctx.database.kysely.transaction().execute(async (transaction) => {
    if (!(await updateAlertEmail(transaction, application.id, email))) throw notFound();
    await recordAudit(ctx, transaction, {
      ...names,
      action: 'application.alert_email_changed',
      target: application.id,
    });
  });
  events.alertEmailChanged(ctx, names);
}
