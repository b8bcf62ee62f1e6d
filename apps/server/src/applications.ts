import { type ApplicationIn, ID_PREFIX } from '@postrider/contract';
import type { Context } from './context.js';
import type { Queryable } from './database/database.js';
import { invalidInput, notFound } from './errors.js';
import { createId } from './ids.js';
import {
  type Application,
  type ApplicationFields,
  findApplication,
  insertApplication,
} from './storage/application.js';

/** The fields of an application from what a caller sent; what is absent or null is empty. */
export const toApplicationFields = (input: ApplicationIn): ApplicationFields => ({
  name: input.name,
  uid: input.uid ?? null,
  throttleRate: input.throttleRate ?? input.rateLimit ?? null,
  metadata: input.metadata ?? {},
});

/** Stores a new application of the environment; undefined when its uid is taken. */
export function createApplication(
  ctx: Context,
  database: Queryable,
  environmentId: string,
  fields: ApplicationFields,
): Promise<Application | undefined> {
  const createdAt = ctx.clock.now();
  const id = createId(ID_PREFIX.application, createdAt);
  return insertApplication(database, { ...fields, environmentId, id, createdAt });
}

/**
 * The application with this id or uid.
 *
 * @throws AppError 404 when the environment has none
 */
export async function requireApplication(
  database: Queryable,
  environmentId: string,
  idOrUid: string,
  detail?: string,
): Promise<Application> {
  const application = await findApplication(database, environmentId, idOrUid);
  if (!application) throw notFound(detail);
  return application;
}

/**
 * The application with this id or uid, made from `inline` when there is none (spec: wire behaviour, section 6.4). Of
 * two calls at once that make the same one, both get the one that was made. Runs in the caller's transaction.
 *
 * @throws InvalidInputError when the inline uid is missing or is not the path's; AppError 404 when there is neither
 */
export async function resolveApplication(
  ctx: Context,
  transaction: Queryable,
  environmentId: string,
  idOrUid: string,
  inline: ApplicationIn | null | undefined,
): Promise<{ application: Application; created: boolean }> {
  const existing = await findApplication(transaction, environmentId, idOrUid);
  if (existing) return { application: existing, created: false };
  if (!inline) throw notFound('Application not found');
  if (inline.uid === undefined || inline.uid === null) {
    throw invalidInput(
      ['body', 'application', 'uid'],
      'Application UID not set in body',
      'application_uid_missing',
    );
  }
  if (inline.uid !== idOrUid) {
    throw invalidInput(
      ['body', 'application', 'uid'],
      'Application UID in the path and body must match',
      'application_uid_mismatch',
    );
  }
  const made = await createApplication(ctx, transaction, environmentId, toApplicationFields(inline));
  if (made) return { application: made, created: true };
  return {
    application: await requireApplication(transaction, environmentId, idOrUid, 'Application not found'),
    created: false,
  };
}
