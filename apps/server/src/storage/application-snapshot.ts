import type { Queryable } from '../database/database.js';

/** An endpoint as deliveries need it; secrets and headers are sealed. */
export interface EndpointSnapshot {
  readonly id: string;
  readonly url: string;
  readonly disabled: boolean;
  readonly eventTypes: string[] | null;
  readonly channels: string[] | null;
  readonly throttleRate: number | null;
  readonly headers: Uint8Array | null;
  /** Current secret first, then older ones, the one that ends first before the others. */
  readonly secrets: { readonly secret: Uint8Array; readonly until: Date | null }[];
}

/** An application and its endpoints as of one revision. */
export interface ApplicationSnapshot {
  readonly id: string;
  readonly environmentId: string;
  readonly uid: string | null;
  readonly revision: number;
  readonly throttleRate: number | null;
  readonly endpoints: EndpointSnapshot[];
}

/** The application with this id or uid and its endpoints; undefined when there is none. */
export async function loadSnapshot(
  database: Queryable,
  environmentId: string,
  idOrUid: string,
): Promise<ApplicationSnapshot | undefined> {
  const row = await database
    .selectFrom('application')
    .select(['id'])
    .where('environment_id', '=', environmentId)
    .where((where) => where.or([where('id', '=', idOrUid), where('uid', '=', idOrUid)]))
    .where('deleted_at', 'is', null)
    .orderBy((order) => order.case().when('id', '=', idOrUid).then(0).else(1).end())
    .limit(1)
    .executeTakeFirst();
  return row && loadSnapshotById(database, row.id);
}

/**
 * The application and its endpoints; undefined when it was deleted. The revision is read before the endpoints: a change
 * in between makes the snapshot newer than it says, which only means that it is loaded once more.
 */
export async function loadSnapshotById(
  database: Queryable,
  id: string,
): Promise<ApplicationSnapshot | undefined> {
  const application = await database
    .selectFrom('application')
    .select(['id', 'environment_id', 'uid', 'revision', 'throttle_rate'])
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
  if (!application) return undefined;
  const endpoints = await database
    .selectFrom('endpoint')
    .select(['id', 'url', 'disabled', 'event_types', 'channels', 'throttle_rate', 'headers'])
    .where('application_id', '=', id)
    .where('deleted_at', 'is', null)
    .execute();
  const secrets = await database
    .selectFrom('endpoint_secret')
    .select(['endpoint_id', 'secret', 'expires_at'])
    .where('application_id', '=', id)
    .orderBy('expires_at', (order) => order.asc().nullsFirst())
    .execute();
  const secretsOf = new Map<string, typeof secrets>(endpoints.map(({ id }) => [id, []]));
  for (const secret of secrets) secretsOf.get(secret.endpoint_id)?.push(secret);
  return {
    id: application.id,
    environmentId: application.environment_id,
    uid: application.uid,
    revision: application.revision,
    throttleRate: application.throttle_rate,
    endpoints: endpoints.map((row) => ({
      id: row.id,
      url: row.url,
      disabled: row.disabled,
      eventTypes: row.event_types,
      channels: row.channels,
      throttleRate: row.throttle_rate,
      headers: row.headers,
      secrets: (secretsOf.get(row.id) ?? []).map((one) => ({ secret: one.secret, until: one.expires_at })),
    })),
  };
}
