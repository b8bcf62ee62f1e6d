import { DEFAULT_PAGE, type Ordering } from '@postrider/contract';
import type { Page, PageRequest } from '../storage/page.js';

/** What callers send to walk through a list. */
interface ListQuery {
  readonly limit?: number | undefined;
  readonly iterator?: string | undefined;
  readonly order?: Ordering | undefined;
}

/** Reads `iterator`: with a `-` before it, it walks back (spec: wire behaviour, section 4.1). */
export function toPageRequest(query: ListQuery, standard: Ordering): PageRequest {
  const { iterator } = query;
  const bounds =
    iterator === undefined
      ? {}
      : iterator.startsWith('-')
        ? { before: iterator.slice(1) }
        : { after: iterator };
  return {
    limit: query.limit ?? DEFAULT_PAGE,
    ascending: (query.order ?? standard) === 'ascending',
    ...bounds,
  };
}

/** A page as callers get it; `idOf` is what iterators of this list are made of. */
export function presentPage<Row, Out>(
  page: Page<Row>,
  idOf: (row: Row) => string,
  present: (row: Row) => Out,
): { data: Out[]; iterator: string | null; prevIterator?: string; done: boolean } {
  const first = page.rows[0];
  const last = page.rows.at(-1);
  return {
    data: page.rows.map(present),
    iterator: last === undefined ? null : idOf(last),
    ...(first === undefined ? {} : { prevIterator: `-${idOf(first)}` }),
    done: page.done,
  };
}
