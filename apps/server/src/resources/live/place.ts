import { invalidInput } from '../../errors.js';
import { timeOfId } from '../../ids.js';
import type { Snapshot } from '../../storage/live.js';

/** What was committed at an instant of our clock. */
export interface Mark extends Snapshot {
  readonly at: Date;
}

/**
 * How far somebody has read. Everything that was committed at `since` is behind them; and while there was more than one
 * portion of news, of what was committed at `until` everything up to the id `over`.
 */
export interface Place {
  readonly since: Mark;
  readonly until?: Mark;
  readonly over?: string;
}

const writeMark = ({ at, xmin, xmax, xip }: Mark): string =>
  [at.getTime(), xmin, xmax - xmin, ...xip.map((xid) => xid - xmin)]
    .map((value) => value.toString(36))
    .join('.');

/** The place as the id of an event. */
export const writePlace = ({ since, until, over }: Place): string =>
  [writeMark(since), ...(until && over ? [writeMark(until), over] : [])].join('~');

/** undefined where no server can have written it. */
function readMark(text: string): Mark | undefined {
  if (!/^[0-9a-z]{1,10}(\.[0-9a-z]{1,10}){2,}$/.test(text)) return undefined;
  const [at = 0, xmin = 0, width = 0, ...open] = text.split('.').map((part) => Number.parseInt(part, 36));
  const known = Number.isSafeInteger(xmin + width) && at <= 8.64e15;
  if (!known || open.some((xid) => xid >= width)) return undefined;
  return { at: new Date(at), xmin, xmax: xmin + width, xip: open.map((xid) => xmin + xid) };
}

/**
 * The place that a caller comes back with; undefined without one.
 *
 * @param prefix what ids of the list start with
 * @throws InvalidInputError for what no event's id can be
 */
export function readPlace(prefix: string, text: string | undefined): Place | undefined {
  if (text === undefined || text === '') return undefined;
  const [first = '', second, over, ...rest] = text.split('~');
  const since = readMark(first);
  if (since && second === undefined) return { since };
  const until = second === undefined ? undefined : readMark(second);
  if (since && until && over !== undefined && timeOfId(prefix, over) && rest.length === 0) {
    return { since, until, over };
  }
  throw invalidInput(['header', 'last-event-id'], 'This is no id of an event of this stream');
}
