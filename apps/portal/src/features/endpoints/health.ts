import type { MessageAttemptOut } from '@postrider/contract';

/** How an endpoint does, by its latest attempts. */
export interface Failing {
  /** How many of the latest attempts failed in a row. */
  readonly count: number;
  /** True where there are more than were looked at. */
  readonly isAtLeast: boolean;
  /** The last one. */
  readonly last: MessageAttemptOut;
  /** The first one of the row, as far as it was looked at. */
  readonly first: MessageAttemptOut;
}

const SUCCESS = 0;

/** The row of failures that the latest attempts end in; undefined when the last one succeeded, or there is none. */
export function failuresInARow(attempts: readonly MessageAttemptOut[]): Failing | undefined {
  const success = attempts.findIndex(({ status }) => status === SUCCESS);
  const row = success === -1 ? attempts : attempts.slice(0, success);
  const [last] = row;
  const first = row.at(-1);
  if (last === undefined || first === undefined) return undefined;
  return { count: row.length, isAtLeast: success === -1, last, first };
}

/** From so many failures in a row on an endpoint is called failing: one may be an accident. */
export const FAILING_FROM = 3;
