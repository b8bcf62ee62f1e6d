import { sql } from 'kysely';
import type { Queryable } from '../database/database.js';
import type { EventType, EventTypeFields } from './event-type.js';
import { textArray } from './text-array.js';

/**
 * Lets one import of an environment's event types run at a time, until the transaction ends. Single event types can be
 * made and changed meanwhile.
 */
export async function lockEventTypeImports(transaction: Queryable, environmentId: string): Promise<void> {
  await transaction
    .selectFrom('environment')
    .select('id')
    .where('id', '=', environmentId)
    .forNoKeyUpdate()
    .execute();
}

/** All event types of the environment by name, archived ones too, with their schemas. */
export async function findAllEventTypes(database: Queryable, environmentId: string): Promise<EventType[]> {
  return database
    .selectFrom('event_type')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .orderBy('name')
    .execute();
}

/** Stores event types, in the place of those with the same name; each name may come once. */
export async function storeEventTypes(
  transaction: Queryable,
  environmentId: string,
  eventTypes: readonly (EventTypeFields & { readonly name: string })[],
  now: Date,
): Promise<void> {
  await sql`
    insert into event_type (environment_id, name, description, archived, deprecated, schemas, feature_flags,
      group_name, created_at, updated_at)
    select ${environmentId}::text, name, description, archived, deprecated, schemas::json, feature_flags::text[],
      group_name, ${now}::timestamptz, ${now}::timestamptz
    from unnest(
      ${eventTypes.map((one) => one.name)}::text[], ${eventTypes.map((one) => one.description)}::text[],
      ${eventTypes.map((one) => one.archived)}::bool[], ${eventTypes.map((one) => one.deprecated)}::bool[],
      ${eventTypes.map((one) => (one.schemas === null ? null : JSON.stringify(one.schemas)))}::text[],
      ${eventTypes.map((one) => textArray(one.featureFlags))}::text[],
      ${eventTypes.map((one) => one.groupName)}::text[]
    ) as given(name, description, archived, deprecated, schemas, feature_flags, group_name)
    order by name
    on conflict (environment_id, name) do update set
      description = excluded.description, archived = excluded.archived, deprecated = excluded.deprecated,
      schemas = excluded.schemas, feature_flags = excluded.feature_flags, group_name = excluded.group_name,
      updated_at = excluded.updated_at`.execute(transaction);
}

/** Archives the named event types. */
export async function archiveEventTypes(
  transaction: Queryable,
  environmentId: string,
  names: readonly string[],
  now: Date,
): Promise<void> {
  await transaction
    .updateTable('event_type')
    .set({ archived: true, updated_at: now })
    .where('environment_id', '=', environmentId)
    .where('name', '=', sql<string>`any(${[...names]}::text[])`)
    .execute();
}
