/** What a list is asked for. `after` and `before` are exclusive; at most one is given. */
export interface PageRequest {
  readonly limit: number;
  readonly after?: string;
  readonly before?: string;
  readonly ascending: boolean;
}

/** A page in the list's own order; `done`: nothing follows in the direction that was walked. */
export interface Page<Row> {
  readonly rows: Row[];
  readonly done: boolean;
}

/**
 * How to walk for a page: backwards means reading in the opposite order from `before` and turning the rows round.
 * One row more than asked for tells whether anything follows (spec: wire behaviour, section 4.1).
 */
export function planPage(request: PageRequest): {
  bound: string | undefined;
  comparison: '<' | '>';
  direction: 'asc' | 'desc';
  fetch: number;
} {
  const backwards = request.before !== undefined;
  const ascending = request.ascending !== backwards;
  return {
    bound: request.before ?? request.after,
    comparison: ascending ? '>' : '<',
    direction: ascending ? 'asc' : 'desc',
    fetch: request.limit + 1,
  };
}

/** Cuts what was fetched by a plan to the page. */
export function cutPage<Row>(request: PageRequest, fetched: Row[]): Page<Row> {
  const rows = fetched.slice(0, request.limit);
  if (request.before !== undefined) rows.reverse();
  return { rows, done: fetched.length <= request.limit };
}
