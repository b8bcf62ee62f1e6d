/**
 * A list as PostgreSQL's text form of an array (PostgreSQL: 8.15.6), for statements that take a column of lists: an
 * array of arrays must be rectangular there.
 */
export const textArray = (list: readonly string[] | null): string | null =>
  list === null ? null : `{${list.map((one) => `"${one.replace(/["\\]/g, '\\$&')}"`).join(',')}}`;
