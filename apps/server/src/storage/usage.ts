import { type RawBuilder, sql } from 'kysely';
import type { Queryable } from '../database/database.js';
import { during, partsOf, type Stretch } from './activity.js';

/** Applications of an environment in the order of their ids, `limit` after the given one; of the given ids, or all. */
export interface ApplicationPage {
  readonly environmentId: string;
  readonly ids: readonly string[] | null;
  readonly after: string;
  readonly limit: number;
}

const pageOf = ({ environmentId, ids, after, limit }: ApplicationPage) => sql`(
  select id, uid from application
  where environment_id = ${environmentId} and deleted_at is null and id > ${after}
    and (${ids === null ? null : [...ids]}::text[] is null or id = any(${ids === null ? null : [...ids]}::text[]))
  order by id limit ${limit}
) as page`;

/** How many attempts each of them had. */
export async function countAttemptsOfPage(
  database: Queryable,
  page: ApplicationPage,
  stretch: Stretch,
): Promise<{ appId: string; appUid: string | null; messageDestinations: number }[]> {
  const sum = (table: string, which: RawBuilder<unknown>) =>
    sql`coalesce((select sum(success + fail) from ${sql.table(table)} where application_id = page.id and ${which}), 0)`;
  const sums = [
    sum('tally', during(stretch)),
    ...partsOf(stretch).map((part) =>
      sum('event_type_activity', sql`span = ${sql.lit(part.span)} and ${during(part)}`),
    ),
  ];
  const { rows } = await sql<{ appId: string; appUid: string | null; messageDestinations: number }>`
    select id as "appId", uid as "appUid",
      (${sql.join(sums, sql` + `)})::int8 as "messageDestinations"
    from ${pageOf(page)} order by id`.execute(database);
  return rows;
}

/** Which event types the endpoints of an application listen to. */
export interface ListenedEventTypes {
  readonly appId: string;
  /** Those that some endpoint names. */
  readonly explicitlySubscribedEventTypes: string[];
  /** Whether some endpoint listens to all. */
  readonly hasCatchAllEndpoint: boolean;
}

/** Which event types the endpoints of each of them listen to; disabled ones count. */
export async function listEventTypesOfPage(
  database: Queryable,
  page: ApplicationPage,
): Promise<ListenedEventTypes[]> {
  const { rows } = await sql<ListenedEventTypes>`
    select id as "appId", array(
        select distinct name from endpoint cross join lateral unnest(event_types) as name
        where application_id = page.id and deleted_at is null order by name
      ) as "explicitlySubscribedEventTypes",
      exists (
        select from endpoint where application_id = page.id and deleted_at is null and event_types is null
      ) as "hasCatchAllEndpoint"
    from ${pageOf(page)} order by id`.execute(database);
  return rows;
}

/** Ids of the applications of the environment that these ids and uids name, by what names them. */
export async function findApplicationIds(
  database: Queryable,
  environmentId: string,
  idsOrUids: readonly string[],
): Promise<Map<string, string>> {
  const { rows } = await sql<{ given: string; id: string }>`
    select given, found.id from unnest(${[...idsOrUids]}::text[]) as given
    cross join lateral (
      select id from application
      where environment_id = ${environmentId} and (id = given or uid = given) and deleted_at is null
      order by id = given desc limit 1
    ) as found`.execute(database);
  return new Map(rows.map(({ given, id }) => [given, id]));
}
