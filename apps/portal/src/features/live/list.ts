/** How many rows wait for their reader at most; of more it is only said that there are more. */
export const MOST_WAITING = 200;
/** Rows that may stand above the page; with more the page is loaded anew. */
export const MOST_SHOWN = 60;

interface Row {
  readonly id: string;
}

/** What came since the page was loaded: rows that are shown, and rows that wait to be. Newest first. */
export interface LiveRows<T extends Row> {
  readonly shown: readonly T[];
  readonly waiting: readonly T[];
}

export const NO_ROWS: LiveRows<never> = { shown: [], waiting: [] };

const newestFirst = (a: Row, b: Row): number => (a.id < b.id ? 1 : a.id > b.id ? -1 : 0);

/** Each row once; rows may come a second time when a list was loaded anew meanwhile. */
function merge<T extends Row>(news: readonly T[], rows: readonly T[], most = Number.POSITIVE_INFINITY): T[] {
  const byId = new Map([...rows, ...news].map((row) => [row.id, row]));
  return [...byId.values()].sort(newestFirst).slice(0, most);
}

/** Adds rows: at once, or to those that wait where the reader is in the middle of the table. */
export function addRows<T extends Row>(
  live: LiveRows<T>,
  news: readonly T[],
  isReading: boolean,
): LiveRows<T> {
  if (isReading) {
    const known = new Set(live.shown.map(({ id }) => id));
    const fresh = news.filter(({ id }) => !known.has(id));
    return { ...live, waiting: merge(fresh, live.waiting, MOST_WAITING) };
  }
  return { shown: merge([...live.waiting, ...news], live.shown), waiting: [] };
}

/** Shows what waits. */
export const showWaiting = <T extends Row>(live: LiveRows<T>): LiveRows<T> => addRows(live, [], false);

/** Without rows that a page has by now. */
export const dropRows = <T extends Row>(live: LiveRows<T>, rows: readonly T[]): LiveRows<T> => ({
  ...live,
  shown: live.shown.filter(({ id }) => !rows.some((row) => row.id === id)),
});

/** The page with what came since on top. */
export const withLive = <T extends Row>(live: LiveRows<T>, page: readonly T[]): readonly T[] =>
  live.shown.length === 0 ? page : merge(live.shown, page);
