import { describe, expect, test } from 'vitest';
import { neighbours } from '../src/components/pager';
import { countFilters, parseFilters, toListQuery } from '../src/features/filters/filters';

const NOW = new Date('2026-11-24T12:34:56Z');

describe('filters in the address', () => {
  test('are read, and nothing else is', () => {
    expect(
      parseFilters({ status: 'fail', eventType: 'a.b', after: '2026-11-24T09:00:00Z', evil: '1', tag: '' }),
    ).toEqual({ status: 'fail', eventType: 'a.b', after: '2026-11-24T09:00:00.000Z' });
  });

  test.each([{ status: 'x' }, { after: 'yesterday' }, { channel: 7 }, { iterator: ['a'] }])(
    'are as good as absent where they make no sense: %j',
    (search) => {
      expect(parseFilters(search)).toEqual({});
    },
  );

  test('are counted without the tabs and the page', () => {
    expect(countFilters({ status: 'fail', iterator: 'x', tag: 'a', before: 'b' })).toBe(2);
  });

  test('with a beginning alone still list the newest first', () => {
    const query = toListQuery({ after: '2026-11-01T00:00:00.000Z' }, NOW);
    expect(query.before).toBe('2026-11-25T00:00:00.000Z');
    expect(toListQuery({}, NOW).before).toBeUndefined();
    expect(toListQuery({ after: 'a', before: 'b' }, NOW).before).toBe('b');
  });
});

describe('the neighbours of a page', () => {
  const page = { iterator: 'last', prevIterator: '-first', done: false };
  test.each([
    ['the first of many', page, undefined, undefined, 'last'],
    ['the only one', { ...page, done: true }, undefined, undefined, undefined],
    ['one in the middle', page, 'x', '-first', 'last'],
    ['the last', { ...page, done: true }, 'x', '-first', undefined],
    ['back in the middle', page, '-x', '-first', 'last'],
    ['back at the first', { ...page, done: true }, '-x', undefined, 'last'],
    ['an empty one', { iterator: null, done: true }, undefined, undefined, undefined],
  ])('of %s', (_, list, asked, newer, older) => {
    expect(neighbours(list, asked)).toEqual({ newer, older });
  });
});
