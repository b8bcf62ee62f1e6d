import { DEFAULT_PAGE } from '@postrider/contract';
import { invalidInput } from '../errors.js';
import { endId, startId, timeOfId } from '../ids.js';
import type { Window } from '../storage/window.js';

/** How far a list reaches from where it begins: 90 days. */
const REACH_MS = 90 * 86_400_000;
/** How far ahead of our clock ids may be. */
const AHEAD_MS = 3_600_000;

/** What callers send to walk through a list that is limited in time. */
interface WindowQuery {
  readonly limit?: number | undefined;
  readonly iterator?: string | undefined;
  readonly before?: Date | undefined;
  readonly after?: Date | undefined;
}

interface Iterator {
  readonly id: string;
  readonly at: Date;
  /** Walks back: to what is newer. */
  readonly back: boolean;
}

/** @throws InvalidInputError when the iterator cannot be an id: it names no time */
function readIterator(
  prefix: string,
  text: string | undefined,
  place: readonly string[],
): Iterator | undefined {
  if (text === undefined) return undefined;
  const back = text.startsWith('-');
  const id = back ? text.slice(1) : text;
  const at = timeOfId(prefix, id);
  if (!at) throw invalidInput(place, 'Invalid id. Expected different prefix');
  return { id, at, back };
}

const earlier = (date: Date): Date => new Date(date.getTime() - REACH_MS);
const later = (date: Date): Date => new Date(date.getTime() + REACH_MS);

/**
 * The ids that a list shows (spec: wire behaviour, section 4.2). `before`, `after` and the iterator all count; whichever
 * there is tells where the 90 days lie, and without any they end now. `before` leaves out its own 4 ms, `after` does not.
 *
 * @param prefix what ids of the list start with
 * @param place where callers wrote the iterator
 * @throws InvalidInputError for an iterator that cannot be an id
 */
export function toWindow(
  prefix: string,
  query: WindowQuery,
  now: Date,
  place: readonly string[] = ['query', 'iterator', '__all__'],
): Window {
  const { before, after } = query;
  const iterator = readIterator(prefix, query.iterator, place);
  const start = (at: Date) => startId(prefix, at);
  const over: string[] = [];
  const under = [start(new Date(now.getTime() + AHEAD_MS))];
  if (before) {
    under.push(start(before));
    over.push(start(earlier(before)));
  }
  if (after) {
    over.push(start(after));
    if (!before) under.push(endId(prefix, later(after)));
  }
  if (iterator) (iterator.back ? over : under).push(iterator.id);
  if (!before && !after) {
    if (iterator?.back) under.push(endId(prefix, later(iterator.at)));
    else over.push(start(earlier(iterator?.at ?? now)));
  }
  return {
    limit: query.limit ?? DEFAULT_PAGE,
    // Ids sort by their bytes, and so do JavaScript's texts as long as they are ASCII.
    over: over.reduce((a, b) => (a > b ? a : b)),
    under: under.reduce((a, b) => (a < b ? a : b)),
    fromOldest: iterator ? iterator.back : after !== undefined && !before,
  };
}
