import { describe, expect, test } from 'vitest';
import { addRows, dropRows, MOST_WAITING, NO_ROWS, showWaiting, withLive } from '../src/features/live/list';

const row = (id: string) => ({ id });
const ids = (rows: readonly { id: string }[]) => rows.map(({ id }) => id).join('');

describe('new rows', () => {
  test('stand on top of the page, newest first, each once', () => {
    const live = addRows(NO_ROWS, [row('c'), row('e'), row('d')], false);
    expect(ids(withLive(live, [row('c'), row('b'), row('a')]))).toBe('edcba');
  });

  test('wait while their reader is in the middle, and are shown when asked for', () => {
    const shown = addRows(NO_ROWS, [row('b')], false);
    const live = addRows(shown, [row('b'), row('c')], true);
    expect(ids(live.waiting)).toBe('c');
    expect(ids(withLive(live, [row('a')]))).toBe('ba');
    expect(ids(withLive(showWaiting(live), [row('a')]))).toBe('cba');
    expect(showWaiting(live).waiting).toEqual([]);
  });

  test('that wait are shown with the next ones when the reader is at the top again', () => {
    const live = addRows(addRows(NO_ROWS, [row('b')], true), [row('c')], false);
    expect(ids(live.shown)).toBe('cb');
    expect(live.waiting).toEqual([]);
  });

  test('that wait have a bound, whatever comes', () => {
    const many = Array.from({ length: MOST_WAITING + 50 }, (_none, index) => row(String(1000 + index)));
    expect(addRows(NO_ROWS, many, true).waiting).toHaveLength(MOST_WAITING);
  });

  test('are dropped when a page has them, but for those that came meanwhile', () => {
    const before = addRows(NO_ROWS, [row('a'), row('b')], false);
    const after = addRows(before, [row('c')], false);
    expect(ids(dropRows(after, before.shown).shown)).toBe('c');
  });
});
