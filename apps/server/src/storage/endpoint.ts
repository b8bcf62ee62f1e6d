import type { DisabledReason } from '@postrider/contract';
import { type Selectable, sql } from 'kysely';
import type { Queryable } from '../database/database.js';
import type { EndpointTable } from '../database/tables.js';
import { cutPage, type Page, type PageRequest, planPage } from './page.js';

/** A URL of an application that receives messages. */
export type Endpoint = Selectable<EndpointTable>;

/** The fields that callers set, and the headers sealed. */
export interface EndpointFields {
  readonly uid: string | null;
  readonly url: string;
  readonly description: string;
  readonly version: number;
  readonly throttleRate: number | null;
  readonly disabled: boolean;
  readonly eventTypes: readonly string[] | null;
  readonly channels: readonly string[] | null;
  readonly metadata: Record<string, string>;
  readonly headers: Uint8Array | null;
}

/** Why and since when an endpoint is disabled; nulls while it is not. */
export interface Disabling {
  readonly disabledReason: DisabledReason | null;
  readonly disabledAt: Date | null;
}

type EndpointChange = Partial<EndpointFields & Disabling> & {
  readonly firstFailureAt?: Date | null;
  readonly updatedAt: Date;
};

const copy = (list: readonly string[] | null): string[] | null => (list === null ? null : [...list]);

/** Stores an endpoint; undefined when its uid is taken in the application. */
export async function insertEndpoint(
  transaction: Queryable,
  endpoint: EndpointFields &
    Disabling & { environmentId: string; applicationId: string; id: string; createdAt: Date },
): Promise<Endpoint | undefined> {
  return transaction
    .insertInto('endpoint')
    .values({
      environment_id: endpoint.environmentId,
      application_id: endpoint.applicationId,
      id: endpoint.id,
      uid: endpoint.uid,
      url: endpoint.url,
      description: endpoint.description,
      version: endpoint.version,
      throttle_rate: endpoint.throttleRate,
      disabled: endpoint.disabled,
      disabled_reason: endpoint.disabledReason,
      disabled_at: endpoint.disabledAt,
      event_types: copy(endpoint.eventTypes),
      channels: copy(endpoint.channels),
      metadata: JSON.stringify(endpoint.metadata),
      headers: endpoint.headers,
      first_failure_at: null,
      created_at: endpoint.createdAt,
      updated_at: endpoint.createdAt,
      deleted_at: null,
    })
    .onConflict((conflict) =>
      conflict.columns(['application_id', 'uid']).where('uid', 'is not', null).doNothing(),
    )
    .returningAll()
    .executeTakeFirst();
}

/** The endpoint with this id or uid in the application, unless it was deleted. An id goes before an equal uid. */
export async function findEndpoint(
  database: Queryable,
  applicationId: string,
  idOrUid: string,
): Promise<Endpoint | undefined> {
  return database
    .selectFrom('endpoint')
    .selectAll()
    .where('application_id', '=', applicationId)
    .where((where) => where.or([where('id', '=', idOrUid), where('uid', '=', idOrUid)]))
    .where('deleted_at', 'is', null)
    .orderBy((order) => order.case().when('id', '=', idOrUid).then(0).else(1).end())
    .limit(1)
    .executeTakeFirst();
}

/** Number of the application's endpoints, disabled ones too. */
export async function countEndpoints(database: Queryable, applicationId: string): Promise<number> {
  const { count } = await database
    .selectFrom('endpoint')
    .select(sql<number>`count(*)::integer`.as('count'))
    .where('application_id', '=', applicationId)
    .where('deleted_at', 'is', null)
    .executeTakeFirstOrThrow();
  return count;
}

/** A page of the application's endpoints by id. */
export async function listEndpoints(
  database: Queryable,
  applicationId: string,
  request: PageRequest,
): Promise<Page<Endpoint>> {
  const plan = planPage(request);
  let query = database
    .selectFrom('endpoint')
    .selectAll()
    .where('application_id', '=', applicationId)
    .where('deleted_at', 'is', null)
    .orderBy('id', plan.direction)
    .limit(plan.fetch);
  if (plan.bound !== undefined) query = query.where('id', plan.comparison, plan.bound);
  return cutPage(request, await query.execute());
}

/**
 * Changes the given fields; undefined when the endpoint is gone.
 *
 * @throws the database's unique violation when the uid is taken; see `isUniqueViolation`
 */
export async function updateEndpoint(
  transaction: Queryable,
  applicationId: string,
  id: string,
  change: EndpointChange,
): Promise<Endpoint | undefined> {
  return transaction
    .updateTable('endpoint')
    .set({
      ...(change.uid === undefined ? {} : { uid: change.uid }),
      ...(change.url === undefined ? {} : { url: change.url }),
      ...(change.description === undefined ? {} : { description: change.description }),
      ...(change.version === undefined ? {} : { version: change.version }),
      ...(change.throttleRate === undefined ? {} : { throttle_rate: change.throttleRate }),
      ...(change.disabled === undefined ? {} : { disabled: change.disabled }),
      ...(change.disabledReason === undefined ? {} : { disabled_reason: change.disabledReason }),
      ...(change.disabledAt === undefined ? {} : { disabled_at: change.disabledAt }),
      ...(change.eventTypes === undefined ? {} : { event_types: copy(change.eventTypes) }),
      ...(change.channels === undefined ? {} : { channels: copy(change.channels) }),
      ...(change.metadata === undefined ? {} : { metadata: JSON.stringify(change.metadata) }),
      ...(change.headers === undefined ? {} : { headers: change.headers }),
      ...(change.firstFailureAt === undefined ? {} : { first_failure_at: change.firstFailureAt }),
      updated_at: change.updatedAt,
    })
    .where('application_id', '=', applicationId)
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .returningAll()
    .executeTakeFirst();
}

/** Marks the endpoint as deleted, frees its uid and erases its headers; false when it was gone. */
export async function deleteEndpoint(
  transaction: Queryable,
  applicationId: string,
  id: string,
  now: Date,
): Promise<boolean> {
  const row = await transaction
    .updateTable('endpoint')
    .set({ deleted_at: now, updated_at: now, uid: null, headers: null })
    .where('application_id', '=', applicationId)
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}
