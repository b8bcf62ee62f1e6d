import { type RawBuilder, type Selectable, sql } from 'kysely';
import type { Queryable } from '../database/database.js';
import type { ApplicationTable } from '../database/tables.js';
import { cutPage, type Page, type PageRequest, planPage } from './page.js';

/** A customer of an environment. */
export type Application = Selectable<ApplicationTable>;

/** The fields that callers set. */
export interface ApplicationFields {
  readonly uid: string | null;
  readonly name: string;
  readonly throttleRate: number | null;
  readonly metadata: Record<string, string>;
}

const columns = (fields: Partial<ApplicationFields>) => ({
  ...(fields.uid === undefined ? {} : { uid: fields.uid }),
  ...(fields.name === undefined ? {} : { name: fields.name }),
  ...(fields.throttleRate === undefined ? {} : { throttle_rate: fields.throttleRate }),
  ...(fields.metadata === undefined ? {} : { metadata: JSON.stringify(fields.metadata) }),
});

/** Stores an application; undefined when its uid is taken in the environment. */
export async function insertApplication(
  database: Queryable,
  application: { environmentId: string; id: string; createdAt: Date } & ApplicationFields,
): Promise<Application | undefined> {
  return database
    .insertInto('application')
    .values({
      environment_id: application.environmentId,
      id: application.id,
      uid: application.uid,
      name: application.name,
      throttle_rate: application.throttleRate,
      metadata: JSON.stringify(application.metadata),
      created_at: application.createdAt,
      updated_at: application.createdAt,
      deleted_at: null,
    })
    .onConflict((conflict) =>
      conflict.columns(['environment_id', 'uid']).where('uid', 'is not', null).doNothing(),
    )
    .returningAll()
    .executeTakeFirst();
}

/** The application with this id or uid in the environment, unless it was deleted. An id goes before an equal uid. */
export async function findApplication(
  database: Queryable,
  environmentId: string,
  idOrUid: string,
): Promise<Application | undefined> {
  return database
    .selectFrom('application')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .where((where) => where.or([where('id', '=', idOrUid), where('uid', '=', idOrUid)]))
    .where('deleted_at', 'is', null)
    .orderBy((order) => order.case().when('id', '=', idOrUid).then(0).else(1).end())
    .limit(1)
    .executeTakeFirst();
}

/** Which applications a list leaves out. */
export interface ApplicationExclusion {
  readonly withoutEndpoints?: boolean | undefined;
  readonly withDisabledEndpoints?: boolean | undefined;
  readonly withPlayEndpoints?: boolean | undefined;
}

const AT_PLAY = sql`url ~ '^https?://([^/?#]*[@.])?play[.]svix[.]com([:/?#]|$)'`;

/** Whether the application has an endpoint of which the condition is true. */
const hasEndpoint = (condition: RawBuilder<unknown>) => sql<boolean>`exists (
  select from endpoint
  where endpoint.application_id = application.id and endpoint.deleted_at is null and ${condition})`;

/** A page of the environment's applications by id. */
export async function listApplications(
  database: Queryable,
  environmentId: string,
  request: PageRequest,
  exclude: ApplicationExclusion = {},
): Promise<Page<Application>> {
  const plan = planPage(request);
  let query = database
    .selectFrom('application')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .where('deleted_at', 'is', null)
    .orderBy('id', plan.direction)
    .limit(plan.fetch);
  if (exclude.withoutEndpoints) query = query.where(hasEndpoint(sql`true`));
  if (exclude.withDisabledEndpoints) query = query.where(sql<boolean>`not ${hasEndpoint(sql`disabled`)}`);
  if (exclude.withPlayEndpoints) query = query.where(sql<boolean>`not ${hasEndpoint(AT_PLAY)}`);
  if (plan.bound !== undefined) query = query.where('id', plan.comparison, plan.bound);
  return cutPage(request, await query.execute());
}

/**
 * Changes the given fields; undefined when the application is gone.
 *
 * @throws the database's unique violation when the uid is taken; see `isUniqueViolation`
 */
export async function updateApplication(
  database: Queryable,
  environmentId: string,
  id: string,
  change: { updatedAt: Date } & Partial<ApplicationFields>,
): Promise<Application | undefined> {
  return database
    .updateTable('application')
    .set({ ...columns(change), updated_at: change.updatedAt, revision: sql`revision + 1` })
    .where('environment_id', '=', environmentId)
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .returningAll()
    .executeTakeFirst();
}

/** Sets the address for alerts; false when the application is gone. */
export async function updateAlertEmail(
  database: Queryable,
  id: string,
  email: string | null,
): Promise<boolean> {
  const row = await database
    .updateTable('application')
    .set({ alert_email: email })
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Marks the application as deleted and frees its uid; false when it was gone. */
export async function deleteApplication(
  database: Queryable,
  environmentId: string,
  id: string,
  now: Date,
): Promise<boolean> {
  const row = await database
    .updateTable('application')
    .set({ deleted_at: now, updated_at: now, uid: null, revision: sql`revision + 1` })
    .where('environment_id', '=', environmentId)
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/**
 * Says that the application's endpoints change: whoever remembers them will look again. Begins the transaction of the
 * change, so that an accept after it never misses the change, and changes of one application come one after the other.
 * Gives undefined when the application is gone.
 */
export async function bumpRevision(
  transaction: Queryable,
  applicationId: string,
): Promise<Pick<Application, 'id' | 'uid' | 'environment_id'> | undefined> {
  return transaction
    .updateTable('application')
    .set({ revision: sql`revision + 1` })
    .where('id', '=', applicationId)
    .where('deleted_at', 'is', null)
    .returning(['id', 'uid', 'environment_id'])
    .executeTakeFirst();
}

/** Ids of the environment's applications between two ids, both exclusive, in their order. */
export async function listEnvironmentApplications(
  database: Queryable,
  environmentId: string,
  { over, under }: { readonly over: string; readonly under: string },
  limit: number,
): Promise<string[]> {
  const rows = await database
    .selectFrom('application')
    .select('id')
    .where('environment_id', '=', environmentId)
    .where('id', '>', over)
    .where('id', '<', under)
    .where('deleted_at', 'is', null)
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map((row) => row.id);
}
