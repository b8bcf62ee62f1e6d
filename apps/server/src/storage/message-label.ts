import { type RawBuilder, sql } from 'kysely';

/** What messages are found by besides their time. Absent: no matter. */
export interface LabelFilter {
  readonly channel?: string | undefined;
  readonly tag?: string | undefined;
  readonly eventTypes?: readonly string[] | undefined;
}

/** Whether the event type in the column is one of those asked for; no condition where any will do. */
export const hasEventType = (column: RawBuilder<unknown>, { eventTypes }: LabelFilter) =>
  eventTypes === undefined ? [] : [sql`${column} = any(${[...eventTypes]}::text[])`];

/** Conditions on the channels and tags of a row of `message`. */
export const hasLabels = ({ channel, tag }: LabelFilter) => [
  ...(channel === undefined ? [] : [sql`${channel} = any(message.channels)`]),
  ...(tag === undefined ? [] : [sql`${tag} = any(message.tags)`]),
];
