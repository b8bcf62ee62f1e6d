import { type Selectable, sql } from 'kysely';
import type { Queryable } from '../database/database.js';
import type { EventTypeTable } from '../database/tables.js';
import { cutPage, type Page, type PageRequest, planPage } from './page.js';

/** A kind of event of an environment. */
export type EventType = Omit<Selectable<EventTypeTable>, 'retry_schedule'>;

/** The fields that callers set. */
export interface EventTypeFields {
  readonly description: string;
  readonly archived: boolean;
  readonly deprecated: boolean;
  readonly schemas: Record<string, unknown> | null;
  readonly featureFlags: readonly string[] | null;
  readonly groupName: string | null;
}

/** Feature flags of who looks: types that carry flags, but none of these, are not there. Null: sees everything. */
export type Sight = readonly string[] | null;

type NewEventType = EventTypeFields & {
  readonly environmentId: string;
  readonly name: string;
  readonly now: Date;
};

const columns = (fields: Partial<EventTypeFields>) => ({
  ...(fields.description === undefined ? {} : { description: fields.description }),
  ...(fields.archived === undefined ? {} : { archived: fields.archived }),
  ...(fields.deprecated === undefined ? {} : { deprecated: fields.deprecated }),
  ...(fields.schemas === undefined
    ? {}
    : { schemas: fields.schemas === null ? null : JSON.stringify(fields.schemas) }),
  ...(fields.featureFlags === undefined ? {} : { feature_flags: copy(fields.featureFlags) }),
  ...(fields.groupName === undefined ? {} : { group_name: fields.groupName }),
});

const copy = (list: readonly string[] | null): string[] | null => (list === null ? null : [...list]);

const row = (eventType: NewEventType) => ({
  environment_id: eventType.environmentId,
  name: eventType.name,
  description: eventType.description,
  archived: eventType.archived,
  deprecated: eventType.deprecated,
  schemas: eventType.schemas === null ? null : JSON.stringify(eventType.schemas),
  feature_flags: copy(eventType.featureFlags),
  group_name: eventType.groupName,
  created_at: eventType.now,
  updated_at: eventType.now,
});

/** Stores an event type, in the place of an archived one of this name; undefined when the name is in use. */
export async function insertEventType(
  database: Queryable,
  eventType: NewEventType,
): Promise<EventType | undefined> {
  return database
    .insertInto('event_type')
    .values(row(eventType))
    .onConflict((conflict) =>
      conflict
        .columns(['environment_id', 'name'])
        .doUpdateSet({ ...columns(eventType), updated_at: eventType.now })
        .where('event_type.archived', '=', true),
    )
    .returningAll()
    .executeTakeFirst();
}

/** Replaces the event type of this name, or stores a new one. */
export async function upsertEventType(
  database: Queryable,
  eventType: NewEventType,
): Promise<{ eventType: EventType; created: boolean }> {
  const { created, ...stored } = await database
    .insertInto('event_type')
    .values(row(eventType))
    .onConflict((conflict) =>
      conflict
        .columns(['environment_id', 'name'])
        .doUpdateSet({ ...columns(eventType), updated_at: eventType.now }),
    )
    .returningAll()
    // Only a row that was there before has been locked by this statement.
    .returning(sql<boolean>`xmax = 0`.as('created'))
    .executeTakeFirstOrThrow();
  return { eventType: stored, created };
}

/** The event type of this name, archived or not. */
export async function findEventType(
  database: Queryable,
  environmentId: string,
  name: string,
  sight: Sight = null,
): Promise<EventType | undefined> {
  return database
    .selectFrom('event_type')
    .selectAll()
    .where('environment_id', '=', environmentId)
    .where('name', '=', name)
    .$if(sight !== null, (query) => query.where(isSeenWith(sight ?? [])))
    .executeTakeFirst();
}

const isSeenWith = (flags: readonly string[]) =>
  sql<boolean>`(feature_flags is null or feature_flags && ${[...flags]}::text[])`;

/** A page of the environment's event types by name. Without `withSchemas` their schemas are null. */
export async function listEventTypes(
  database: Queryable,
  environmentId: string,
  request: PageRequest & { includeArchived: boolean; withSchemas: boolean; sight: Sight },
): Promise<Page<EventType>> {
  const plan = planPage(request);
  const schemas = request.withSchemas ? sql<EventType['schemas']>`schemas` : sql<null>`null`;
  let query = database
    .selectFrom('event_type')
    .select(['environment_id', 'name', 'description', 'archived', 'deprecated', 'feature_flags'])
    .select(['group_name', 'created_at', 'updated_at', schemas.as('schemas')])
    .where('environment_id', '=', environmentId)
    .orderBy('name', plan.direction)
    .limit(plan.fetch);
  if (!request.includeArchived) query = query.where('archived', '=', false);
  if (request.sight !== null) query = query.where(isSeenWith(request.sight));
  if (plan.bound !== undefined) query = query.where('name', plan.comparison, plan.bound);
  return cutPage(request, await query.execute());
}

/** Those of the names that no endpoint can begin to listen to: not defined, or archived. In the order given. */
export async function findUnusableEventTypes(
  database: Queryable,
  environmentId: string,
  names: readonly string[],
): Promise<string[]> {
  if (names.length === 0) return [];
  const usable = await database
    .selectFrom('event_type')
    .select('name')
    .where('environment_id', '=', environmentId)
    .where('name', '=', sql<string>`any(${[...names]}::text[])`)
    .where('archived', '=', false)
    .execute();
  const known = new Set(usable.map((one) => one.name));
  return names.filter((name) => !known.has(name));
}

/** Changes the given fields; undefined when there is none of this name. */
export async function updateEventType(
  database: Queryable,
  environmentId: string,
  name: string,
  change: { updatedAt: Date } & Partial<EventTypeFields>,
): Promise<EventType | undefined> {
  return database
    .updateTable('event_type')
    .set({ ...columns(change), updated_at: change.updatedAt })
    .where('environment_id', '=', environmentId)
    .where('name', '=', name)
    .returningAll()
    .executeTakeFirst();
}

/** Removes the event type; false when there is none of this name. */
export async function deleteEventType(
  database: Queryable,
  environmentId: string,
  name: string,
): Promise<boolean> {
  const deleted = await database
    .deleteFrom('event_type')
    .where('environment_id', '=', environmentId)
    .where('name', '=', name)
    .returning('name')
    .executeTakeFirst();
  return deleted !== undefined;
}
