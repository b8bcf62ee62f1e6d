import { describe, expect, expectTypeOf, test } from 'vitest';
import type { z } from 'zod';
import { channel, eventTypeName, jsonObject, metadata, tag, timestamp, uid } from '../src/shared/fields.js';
import { instant } from '../src/shared/instant.js';
import { iterator, limit } from '../src/shared/pagination.js';
import { eventTypesFilter, queryFlag } from '../src/shared/query.js';
import { statusCodeClassFilter, statusFilter } from '../src/shared/status.js';
import { accepts, long, refuses } from './tables.js';

const TOO_LONG = 'String too long';
const EMPTY = 'String must be at least one character';

describe('an instant in a request', () => {
  const at = (text: string) => new Date(text);
  accepts(instant, [
    ['UTC', '2026-08-21T20:24:36Z', at('2026-08-21T20:24:36.000Z')],
    ['milliseconds', '2026-08-21T20:24:36.5Z', at('2026-08-21T20:24:36.500Z')],
    ['microseconds', '2026-08-21T20:24:36.123456Z', at('2026-08-21T20:24:36.123Z')],
    ['nanoseconds, cut and not rounded', '2026-08-21T20:24:36.999999999Z', at('2026-08-21T20:24:36.999Z')],
    ['an offset', '2026-08-21T20:24:36+02:00', at('2026-08-21T18:24:36.000Z')],
    ['a negative offset', '2026-08-21T20:24:36.000-05:30', at('2026-08-22T01:54:36.000Z')],
    ['an offset of zero', '2026-08-21T20:24:36+00:00', at('2026-08-21T20:24:36.000Z')],
    ['a plus that the query made a space', '2026-08-21T20:24:36 02:00', at('2026-08-21T18:24:36.000Z')],
    ['the relaxed form', '2026-08-21 20:24:36.123456 UTC', at('2026-08-21T20:24:36.123Z')],
    ['a space and Z', '2026-08-21 20:24:36Z', at('2026-08-21T20:24:36.000Z')],
    ['small letters', '2026-08-21t20:24:36z', at('2026-08-21T20:24:36.000Z')],
    ['a leap day', '2028-02-29T00:00:00Z', at('2028-02-29T00:00:00.000Z')],
  ]);
  const NO = 'Must be a date and time with a zone, such as 2026-11-24T09:00:00Z';
  refuses(instant, [
    ['no zone', '2026-08-21T20:24:36', '', NO],
    ['no time', '2026-08-21', '', NO],
    ['a day that is not', '2026-02-30T00:00:00Z', '', NO],
    ['a month that is not', '2026-13-01T00:00:00Z', '', NO],
    ['an hour that is not', '2026-08-21T25:00:00Z', '', NO],
    ['ten digits of fraction', '2026-08-21T20:24:36.1234567890Z', '', NO],
    ['seconds since 1970', '1787344000', '', NO],
    ['something else behind', '2026-08-21T20:24:36Z; drop', '', NO],
    ['nothing', '', '', NO],
    ['a number', 1, '', /expected string/],
  ]);
  test('is text to clients and a Date to the server', () => {
    expectTypeOf<z.input<typeof instant>>().toEqualTypeOf<string>();
    expectTypeOf<z.output<typeof instant>>().toEqualTypeOf<Date>();
  });
});

describe('a timestamp in an answer', () => {
  accepts(timestamp, [['UTC', '2026-08-21T20:24:36.123Z', '2026-08-21T20:24:36.123Z']]);
  refuses(timestamp, [['no zone', '2026-08-21T20:24:36', '', /datetime/]]);
});

describe('event_types in a query', () => {
  accepts(eventTypesFilter, [
    ['one', 'a.b', ['a.b']],
    ['comma-joined', 'a,b', ['a', 'b']],
    ['repeated', ['a', 'b'], ['a', 'b']],
    ['both', ['a,b', 'c'], ['a', 'b', 'c']],
    ['one twice', 'a,a', ['a']],
    ['gaps', ',a,,b,', ['a', 'b']],
    ['empty as absent', '', undefined],
    ['an empty list as absent', [], undefined],
    ['absent', undefined, undefined],
  ]);
  refuses(eventTypesFilter, [
    ['a bad name', 'a,b c', '1', 'String must match the following pattern: [a-zA-Z0-9\\-_.].'],
    ['a long name', ['a', long(257)], '1', TOO_LONG],
    ['an object', { a: 1 }, '', /Invalid input/],
  ]);
  test('is text or a list of texts to clients', () => {
    expectTypeOf<z.input<typeof eventTypesFilter>>().toEqualTypeOf<string | string[] | undefined>();
    expectTypeOf<z.output<typeof eventTypesFilter>>().toEqualTypeOf<string[] | undefined>();
  });
});

describe('a boolean in a query', () => {
  accepts(queryFlag(true, 'x'), [
    ['true', 'true', true],
    ['false', 'false', false],
    ['a real boolean', false, false],
    ['nothing', undefined, true],
  ]);
  refuses(queryFlag(true, 'x'), [
    ['1', '1', '', /Invalid/],
    ['an empty text', '', '', /Invalid/],
    ['capitals', 'True', '', /Invalid/],
  ]);
});

describe('status and status_code_class in a query', () => {
  const row = (value: number) => [`${value}`, `${value}`, value] as const;
  accepts(statusFilter, [...[0, 1, 2, 3, 4].map(row), ['a number', 2, 2], ['nothing', undefined, undefined]]);
  refuses(statusFilter, [
    ['5', '5', '', 'Must be one of 0, 1, 2, 3, 4'],
    ['a word', 'success', '', 'Must be one of 0, 1, 2, 3, 4'],
    ['nothing in it', '', '', 'Must be one of 0, 1, 2, 3, 4'],
    ['a padded number', '00', '', 'Must be one of 0, 1, 2, 3, 4'],
  ]);
  accepts(statusCodeClassFilter, [0, 100, 200, 300, 400, 500].map(row));
  refuses(statusCodeClassFilter, [['404', '404', '', 'Must be one of 0, 100, 200, 300, 400, 500']]);
});

describe('limit', () => {
  accepts(limit, [
    ['1', '1', 1],
    ['250', 250, 250],
    ['nothing', undefined, undefined],
  ]);
  refuses(limit, [
    ['0', '0', '', 'Given limit must be at least 1'],
    ['251', '251', '', 'Given limit must not exceed 250'],
    ['a fraction', '1.5', '', /expected int/],
    ['a word', 'ten', '', /expected number/],
  ]);
});

describe('iterator', () => {
  const id = `msg_${long(27)}`;
  accepts(iterator('msg_'), [
    ['an id', id, id],
    ['back from an id', `-${id}`, `-${id}`],
  ]);
  const PREFIX = 'Invalid id. Expected different prefix';
  refuses(iterator('msg_'), [
    ['another kind', `ep_${long(27)}`, '', PREFIX],
    ['a broken id', 'msg_1', '', PREFIX],
    ['a second minus', `--${id}`, '', PREFIX],
  ]);
  accepts(iterator(), [['a name', 'invoice.paid', 'invoice.paid']]);
  refuses(iterator(), [['no name', 'a b', '', 'Invalid iterator']]);
});

describe('identifier-like texts', () => {
  accepts(eventTypeName, [['256 characters', long(256), long(256)]]);
  refuses(eventTypeName, [
    ['257 characters', long(257), '', TOO_LONG],
    ['nothing', '', '', EMPTY],
    ['a letter of another script', 'ä', '', 'String must match the following pattern: [a-zA-Z0-9\\-_.].'],
    ['a line break at the end', 'a\n', '', 'String must match the following pattern: [a-zA-Z0-9\\-_.].'],
  ]);
  accepts(channel, [['colon and plus', 'a:b+c', 'a:b+c']]);
  refuses(channel, [
    ['129 characters', long(129), '', TOO_LONG],
    ['a slash', 'a/b', '', 'String must match the following pattern: [a-zA-Z0-9\\-_.:+].'],
  ]);
  accepts(tag, [['slashes and a hash', 'a/b\\c#d', 'a/b\\c#d']]);
  refuses(tag, [['a colon', 'a:b', '', 'String must match the following pattern: [a-zA-Z0-9\\-_./\\\\#].']]);
  refuses(uid('ep_'), [
    ['our own prefix', 'ep_1', '', 'Uids are not allowed to have the same prefix as the ID. Prefix with _?'],
  ]);
});

describe('metadata', () => {
  // `{"k":"…"}` are 8 bytes besides the value.
  accepts(metadata, [['4096 bytes', { k: 'é'.repeat(2044) }, { k: 'é'.repeat(2044) }]]);
  refuses(metadata, [
    ['4097 bytes', { k: `${'é'.repeat(2044)}x` }, '', 'metadata must be less than or equal to 4096 bytes'],
    ['a number', { k: 1 }, 'k', /expected string/],
    ['half of a surrogate pair', { k: '\ud800' }, 'k', 'Control characters 0x00-0x08 not allowed.'],
  ]);
});

test('a JSON object is handed on, not copied', () => {
  const value = { deep: { list: [1] } };
  expect(jsonObject('no').parse(value)).toBe(value);
  for (const wrong of [null, [], 'a', 1, true]) {
    expect(jsonObject('no').safeParse(wrong).error?.issues[0]?.message).toBe('no');
  }
  expectTypeOf<z.input<ReturnType<typeof jsonObject>>>().toEqualTypeOf<Record<string, unknown>>();
});
