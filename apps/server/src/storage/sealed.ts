import { sql } from 'kysely';
import type { Queryable } from '../database/database.js';

/** Something sealed and where it lies. */
export interface SealedValue {
  readonly table: 'endpoint_secret' | 'endpoint';
  readonly applicationId: string;
  readonly endpointId: string;
  /** Id of the secret; the endpoint's own id for headers. */
  readonly id: string;
  readonly sealed: Uint8Array;
}

/** Place after which a page of sealed values begins. */
export type Position = Pick<SealedValue, 'applicationId' | 'endpointId' | 'id'>;

/** Sealed secrets by place, `limit` after the given one. */
export async function listSealedSecrets(
  database: Queryable,
  after: Position,
  limit: number,
): Promise<SealedValue[]> {
  const rows = await database
    .selectFrom('endpoint_secret')
    .select(['application_id', 'endpoint_id', 'id', 'secret'])
    .where(
      sql<boolean>`(application_id, endpoint_id, id) > (${after.applicationId}, ${after.endpointId}, ${after.id})`,
    )
    .orderBy('application_id')
    .orderBy('endpoint_id')
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    table: 'endpoint_secret',
    applicationId: row.application_id,
    endpointId: row.endpoint_id,
    id: row.id,
    sealed: row.secret,
  }));
}

/** Sealed custom headers by place, `limit` after the given one. */
export async function listSealedHeaders(
  database: Queryable,
  after: Position,
  limit: number,
): Promise<SealedValue[]> {
  const rows = await database
    .selectFrom('endpoint')
    .select(['application_id', 'id', 'headers'])
    .where(sql<boolean>`(application_id, id) > (${after.applicationId}, ${after.endpointId})`)
    .where('headers', 'is not', null)
    .orderBy('application_id')
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.flatMap((row) =>
    row.headers === null
      ? []
      : [
          {
            table: 'endpoint',
            applicationId: row.application_id,
            endpointId: row.id,
            id: row.id,
            sealed: row.headers,
          },
        ],
  );
}

/** Puts other bytes in the place of a sealed value, unless it was changed meanwhile. */
export async function replaceSealed(
  database: Queryable,
  value: SealedValue,
  sealed: Uint8Array,
): Promise<void> {
  if (value.table === 'endpoint') {
    await database
      .updateTable('endpoint')
      .set({ headers: sealed })
      .where('application_id', '=', value.applicationId)
      .where('id', '=', value.endpointId)
      .where('headers', '=', value.sealed)
      .execute();
    return;
  }
  await database
    .updateTable('endpoint_secret')
    .set({ secret: sealed })
    .where('application_id', '=', value.applicationId)
    .where('endpoint_id', '=', value.endpointId)
    .where('id', '=', value.id)
    .where('secret', '=', value.sealed)
    .execute();
}
