import { type RawBuilder, sql } from 'kysely';
import type { Page } from './page.js';

/** A stretch of a list whose newest items come first. Both bounds are ids and exclusive. */
export interface Window {
  readonly limit: number;
  readonly over: string;
  readonly under: string;
  /** Which items are taken where there are more than `limit`: the oldest instead of the newest. */
  readonly fromOldest: boolean;
}

/** Conditions that all have to hold. */
export const allOf = (conditions: readonly RawBuilder<unknown>[]) => sql.join([...conditions], sql` and `);

/** The ids of a window. */
export const within = (column: RawBuilder<unknown>, { over, under }: Window) =>
  sql`${column} > ${over} and ${column} < ${under}`;

/** The end of a query: in the order of the walk, one row more than asked for, which tells whether anything follows. */
export const walk = (column: RawBuilder<unknown>, { limit, fromOldest }: Window) =>
  sql`order by ${column} ${sql.raw(fromOldest ? 'asc' : 'desc')} limit ${limit + 1}`;

/**
 * A condition that the planner cannot look into: it takes it for true of half of the rows. So lists walk an index in
 * their order and stop when they are full. Left to its statistics, which are late for what is new, the planner may think
 * that hardly a row is wanted, read all of them and sort.
 */
export const opaque = (condition: RawBuilder<unknown>) => sql`coalesce(${condition}, false)`;

/** Cuts what was fetched to the page and puts the newest first. */
export function cutWindow<Row>({ limit, fromOldest }: Window, fetched: Row[]): Page<Row> {
  const rows = fetched.slice(0, limit);
  if (fromOldest) rows.reverse();
  return { rows, done: fetched.length <= limit };
}
