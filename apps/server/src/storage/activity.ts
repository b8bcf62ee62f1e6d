import { type RawBuilder, sql } from 'kysely';
import type { Queryable } from '../database/database.js';
import { SPAN, type Span } from './attempt-tally.js';

/** How many attempts succeeded and failed, and how many deliveries were canceled. */
export interface Figures {
  readonly success: number;
  readonly fail: number;
  readonly canceled: number;
}

/** From the first instant to just before the last. Rows lie in it or do not where both are ends of rows. */
export interface Stretch {
  readonly since: Date;
  readonly until: Date;
}

const SUMS = sql`coalesce(sum(success), 0)::int8 as success, coalesce(sum(fail), 0)::int8 as fail,
  coalesce(sum(canceled), 0)::int8 as canceled`;

/** Nothing was counted before 1970; years before the first cannot be told to the database. */
export const asBound = (at: Date): Date => new Date(Math.max(at.getTime(), 0));

/** A stretch whose figures are those of the rows of one span. */
interface Part extends Stretch {
  readonly span: Span;
}

/** From the longest span to the shortest. */
const SPANS = Object.values(SPAN).sort((one, other) => other - one);

/**
 * Cuts a stretch into as few rows as there can be: whole days, whole hours before and after them, 5 minutes at both ends.
 *
 * @param spans those that are left, the longest first; what is left over lies in rows of the shortest
 */
export function partsOf({ since, until }: Stretch, [span, ...shorter] = SPANS): Part[] {
  if (span === undefined || since >= until) return [];
  if (shorter.length === 0) return [{ since, until, span }];
  const first = new Date(Math.ceil(since.getTime() / (span * 1_000)) * span * 1_000);
  const last = new Date(Math.floor(until.getTime() / (span * 1_000)) * span * 1_000);
  if (first >= last) return partsOf({ since, until }, shorter);
  return [
    ...partsOf({ since, until: first }, shorter),
    { since: first, until: last, span },
    ...partsOf({ since: last, until }, shorter),
  ];
}

/** Whether something that is counted from `bucket` on lies in the stretch. */
export const during = ({ since, until }: Stretch) =>
  sql`bucket >= ${asBound(since)}::timestamptz and bucket < ${asBound(until)}::timestamptz`;

/** Rows of a table of figures, and what is not folded into it yet. */
const rowsOf = (
  table: RawBuilder<unknown>,
  applicationId: string,
  stretch: Stretch,
  more: RawBuilder<unknown>,
  spans = SPANS,
) => {
  const own = sql`application_id = ${applicationId} and ${more}`;
  const columns = sql`${table === ENDPOINT ? sql`endpoint_id` : sql`event_type`}, bucket, success, fail, canceled`;
  const folded = partsOf(stretch, spans).map(
    (part) =>
      sql`select ${columns} from ${table} where ${own} and span = ${sql.lit(part.span)} and ${during(part)}`,
  );
  const waiting = sql`select ${columns} from tally where ${own} and ${during(stretch)}`;
  return sql`(${sql.join([...folded, waiting], sql` union all `)}) as row`;
};

const ENDPOINT = sql`endpoint_activity`;
const EVENT_TYPE = sql`event_type_activity`;

const ofTypes = (eventTypes: readonly string[] | undefined) =>
  eventTypes === undefined ? sql`true` : sql`event_type = any(${[...eventTypes]}::text[])`;

/** Figures of an endpoint. */
export async function sumEndpoint(
  database: Queryable,
  { applicationId, endpointId }: { readonly applicationId: string; readonly endpointId: string },
  stretch: Stretch,
): Promise<Figures> {
  const source = rowsOf(ENDPOINT, applicationId, stretch, sql`endpoint_id = ${endpointId}`);
  const { rows } = await sql<Figures>`select ${SUMS} from ${source}`.execute(database);
  return rows[0] ?? { success: 0, fail: 0, canceled: 0 };
}

/** Figures of an application by event type; of the given types, or of all. */
export async function sumEventTypes(
  database: Queryable,
  applicationId: string,
  stretch: Stretch,
  eventTypes: readonly string[] | undefined,
): Promise<(Figures & { readonly eventType: string })[]> {
  const source = rowsOf(EVENT_TYPE, applicationId, stretch, ofTypes(eventTypes));
  const { rows } = await sql<Figures & { eventType: string }>`
    select event_type as "eventType", ${SUMS} from ${source}
    group by event_type order by event_type`.execute(database);
  return rows;
}

/**
 * Figures of an application over time: those of each `span` in which something happened, by its start. The stretch begins
 * and ends with one.
 */
export async function sumOverTime(
  database: Queryable,
  applicationId: string,
  stretch: Stretch,
  span: Span,
  eventTypes: readonly string[] | undefined,
): Promise<(Figures & { readonly at: Date })[]> {
  const source = rowsOf(EVENT_TYPE, applicationId, stretch, ofTypes(eventTypes), [span]);
  const { rows } = await sql<Figures & { at: Date }>`
    select date_bin(make_interval(secs => ${sql.lit(span)}), bucket, timestamptz 'epoch') as at, ${SUMS}
    from ${source} group by at`.execute(database);
  return rows;
}
