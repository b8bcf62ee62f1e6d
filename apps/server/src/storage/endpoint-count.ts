import { sql } from 'kysely';
import type { Queryable } from '../database/database.js';

/** What of an environment's endpoints counts. */
export interface EndpointCountFilter {
  /** Leaves out endpoints at play.svix.com, where people try things. */
  readonly excludePlay: boolean;
}

const endpointsOf = ({ excludePlay }: EndpointCountFilter) => sql`
  select disabled from endpoint
  where application_id = application.id and deleted_at is null
    and not (${excludePlay}::boolean and url like 'https://play.svix.com/%')`;
const applicationsOf = (environmentId: string) =>
  sql`application where environment_id = ${environmentId} and application.deleted_at is null`;

/** How many applications of the environment have an endpoint; one that is not disabled, where that is asked for. */
export async function countApplicationsWithEndpoint(
  database: Queryable,
  environmentId: string,
  filter: EndpointCountFilter & { readonly excludeDisabled: boolean },
): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from ${applicationsOf(environmentId)}
      and exists (${endpointsOf(filter)} and not (${filter.excludeDisabled}::boolean and disabled))`.execute(
    database,
  );
  return rows[0]?.count ?? 0;
}

/** How many endpoints the environment has. */
export async function countEndpoints(
  database: Queryable,
  environmentId: string,
  filter: EndpointCountFilter,
): Promise<{ active: number; disabled: number }> {
  const { rows } = await sql<{ active: number; disabled: number }>`
    select count(*) filter (where not endpoint.disabled) as active,
      count(*) filter (where endpoint.disabled) as disabled
    from (select id from ${applicationsOf(environmentId)}) as application
    cross join lateral (${endpointsOf(filter)}) as endpoint`.execute(database);
  return rows[0] ?? { active: 0, disabled: 0 };
}
