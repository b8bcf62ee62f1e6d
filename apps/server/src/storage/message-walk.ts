import { type RawBuilder, sql } from 'kysely';
import type { Queryable } from '../database/database.js';
import { hasEventType, hasLabels, type LabelFilter, labelGroups } from './message-label.js';
import { allOf, opaque, type Window, walk } from './window.js';

/** Entries of an index that has an application's messages by some value, each value's in the order of ids. */
interface Way {
  readonly kind: 'type' | 'label';
  /** A message has to have one of these. */
  readonly values: readonly string[];
}

/** Its id, or the column that has it. */
type ApplicationId = string | RawBuilder<unknown>;
/** A stretch of message ids; both ends are exclusive. */
type Bounds = Pick<Window, 'over' | 'under'>;
/** Every id: prefixes of ids are small letters. */
const ALL: Bounds = { over: '', under: '~' };

/** Of ways that have more than this none is preferred. */
const MOST_COUNTED = 2_000;

const waysOf = (filter: LabelFilter): Way[] => [
  ...labelGroups(filter).map((values) => ({ kind: 'label' as const, values })),
  ...(filter.eventTypes === undefined ? [] : [{ kind: 'type' as const, values: filter.eventTypes }]),
];

const TABLES = { type: sql`message`, label: sql`message_label as entry` };
const PLACES = {
  type: { application: sql`message.application_id`, value: sql`message.event_type`, id: sql`message.id` },
  label: { application: sql`entry.application_id`, value: sql`entry.label`, id: sql`entry.id` },
};

/**
 * The entries of a wanted value. That it is neither more nor less than equal says nothing new, but the planner takes both
 * together for rare: it keeps to the index by value, and never walks all of the application's messages in search of a
 * value that its statistics think frequent. (Rows that are compared whole would also keep it there, but such a walk ends
 * with the application, not with the value.)
 */
const inWindow = ({ kind }: Way, applicationId: ApplicationId, { over, under }: Bounds) => {
  const { application, value, id } = PLACES[kind];
  return [
    sql`${application} = ${applicationId}`,
    sql`${value} = wanted.value and ${value} >= wanted.value and ${value} <= wanted.value`,
    sql`${id} > ${over} and ${id} < ${under}`,
  ];
};

/** How many messages of the window each way has, counted up to `most`. */
async function countWays(
  database: Queryable,
  applicationId: string,
  ways: readonly Way[],
  window: Bounds,
  most: number,
): Promise<number[]> {
  const counts = ways.map(
    (way) => sql`(
      select count(*)::int4 from (
        select from unnest(${[...way.values]}::text[]) as wanted(value)
        cross join lateral (
          select from ${TABLES[way.kind]} where ${allOf(inWindow(way, applicationId, window))} limit ${most}
        ) as entries
        limit ${most}
      ) as counted
    )`,
  );
  const { rows } = await sql<{ counts: number[] }>`select array[${sql.join(counts)}] as counts`.execute(
    database,
  );
  return rows[0]?.counts ?? ways.map(() => 0);
}

/**
 * The ids with which a walk through the application's messages of a filter begins, one more than the window's limit, as
 * a query with the one column `id`. Walks the index of what is rarest among what is asked for, so that a rare channel,
 * tag or type is found as soon as a frequent one; undefined where nothing is filtered by. What is frequent each for
 * itself and rare together is searched for.
 */
export async function firstOfFilter(
  database: Queryable,
  applicationId: string,
  filter: LabelFilter,
  window: Window,
): Promise<RawBuilder<unknown> | undefined> {
  const ways = waysOf(filter);
  const counts = ways.length < 2 ? [0] : await countWays(database, applicationId, ways, window, MOST_COUNTED);
  const way = ways[counts.indexOf(Math.min(...counts))];
  return way && firstOfWay(way, applicationId, filter, window);
}

/** The same for many applications at once, whose id is in a column: walks what is asked for first, labels before types. */
export function firstOfFirstWay(
  applicationId: RawBuilder<unknown>,
  filter: LabelFilter,
  window: Window,
): RawBuilder<unknown> | undefined {
  const [way] = waysOf(filter);
  return way && firstOfWay(way, applicationId, filter, window);
}

function firstOfWay(way: Way, applicationId: ApplicationId, filter: LabelFilter, window: Window) {
  const { kind, values } = way;
  // The labels that the way stands for are asked once more: it costs nothing beside reading the message.
  const asksMore = waysOf(filter).length > 1;
  const ofMessage = asksMore ? [...hasLabels(filter), ...hasEventType(sql`message.event_type`, filter)] : [];
  const conditions = [...inWindow(way, applicationId, window), ...ofMessage.map(opaque)];
  const message =
    kind === 'label' && asksMore
      ? sql`cross join lateral (
          select event_type, channels, tags from message
          where application_id = entry.application_id and id = entry.id offset 0
        ) as message`
      : sql``;
  const direction = sql.raw(window.fromOldest ? 'asc' : 'desc');
  const { application, value, id } = PLACES[kind];
  return sql`
    select ${sql.raw(values.length > 1 ? 'distinct' : '')} found.id from unnest(${[...values]}::text[]) as wanted(value)
    cross join lateral (
      select ${id} as id from ${TABLES[kind]} ${message} where ${allOf(conditions)}
      order by ${application} ${direction}, ${value} ${direction}, ${id} ${direction}
      limit ${window.limit + 1}
    ) as found
    ${walk(sql`found.id`, window)}`;
}

/** How many more of them may come while they are counted. */
const MARGIN = 1_000;
/** Up to so many messages are looked at one by one. */
const MOST_CANDIDATES = 5_000;

/**
 * All messages of the application that have what is rarest among the labels or types that are asked for, as a query with
 * the one column `message_id`; undefined where they are many, or nothing is asked for.
 */
export async function rareMessages(
  database: Queryable,
  applicationId: string,
  filter: LabelFilter,
): Promise<RawBuilder<unknown> | undefined> {
  const ways = waysOf(filter);
  if (ways.length === 0) return undefined;
  const counts = await countWays(database, applicationId, ways, ALL, MOST_CANDIDATES);
  const fewest = Math.min(...counts);
  const way = ways[counts.indexOf(fewest)];
  if (!way || fewest >= MOST_CANDIDATES) return undefined;
  return sql`
    select distinct found.id as message_id from unnest(${[...way.values]}::text[]) as wanted(value)
    cross join lateral (
      select ${PLACES[way.kind].id} as id from ${TABLES[way.kind]} where ${allOf(inWindow(way, applicationId, ALL))}
      limit ${MOST_CANDIDATES + MARGIN}
    ) as found`;
}
