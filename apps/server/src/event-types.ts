import { isDeepStrictEqual } from 'node:util';
import type { Queryable } from './database/database.js';
import type { EventTypeFields } from './storage/event-type.js';
import {
  archiveEventTypes,
  findAllEventTypes,
  lockEventTypeImports,
  storeEventTypes,
} from './storage/event-type-merge.js';

/** An event type with what callers set of it. */
export type NamedEventType = EventTypeFields & { readonly name: string };

/** What an import wants of an event type. What is absent stays as it is; of a new one it is empty. */
export type WantedEventType = Partial<EventTypeFields> & { readonly name: string };

/** What an import does. */
export interface Merge {
  /** Those that are made or changed, as they are from then on; what is the same already is not among them. */
  readonly changed: readonly NamedEventType[];
  /** Names of those that are archived. */
  readonly archived: readonly string[];
}

const EMPTY: EventTypeFields = {
  description: '',
  archived: false,
  deprecated: false,
  schemas: null,
  featureFlags: null,
  groupName: null,
};

/**
 * Says what bringing these event types into the environment would do.
 *
 * @param replaceAll whether the others are archived
 */
export async function planMerge(
  database: Queryable,
  environmentId: string,
  wanted: readonly WantedEventType[],
  replaceAll: boolean,
): Promise<Merge> {
  const rows = await findAllEventTypes(database, environmentId);
  const present = new Map<string, EventTypeFields>(
    rows.map((row) => [
      row.name,
      {
        description: row.description,
        archived: row.archived,
        deprecated: row.deprecated,
        schemas: row.schemas,
        featureFlags: row.feature_flags,
        groupName: row.group_name,
      },
    ]),
  );
  const changed = wanted.flatMap((one): NamedEventType[] => {
    const before = present.get(one.name);
    const after = { ...EMPTY, ...before, ...one };
    return before && isDeepStrictEqual({ name: one.name, ...before }, after) ? [] : [after];
  });
  const names = new Set(wanted.map((one) => one.name));
  const archived = replaceAll
    ? rows.filter((row) => !row.archived && !names.has(row.name)).map((row) => row.name)
    : [];
  return { changed, archived };
}

/**
 * Brings event types into the environment: makes those that are new and changes those that are there. Each name may come
 * once. Runs in the caller's transaction, so that all of it happens or nothing.
 */
export async function mergeEventTypes(
  transaction: Queryable,
  environmentId: string,
  wanted: readonly WantedEventType[],
  replaceAll: boolean,
  now: Date,
): Promise<Merge> {
  await lockEventTypeImports(transaction, environmentId);
  const merge = await planMerge(transaction, environmentId, wanted, replaceAll);
  if (merge.changed.length > 0) await storeEventTypes(transaction, environmentId, merge.changed, now);
  if (merge.archived.length > 0) await archiveEventTypes(transaction, environmentId, merge.archived, now);
  return merge;
}
