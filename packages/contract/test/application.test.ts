import { describe, expect, test } from 'vitest';
import { ApplicationIn, ApplicationOut, ApplicationPatch } from '../src/application/schemas.js';
import { accepts, long, refuses } from './tables.js';

const RATE = 'Application throttle rate must be at least 1 if set';
const FORMER_RATE = 'Application rate limits must be at least 1 if set';
const CONTROL = 'Control characters 0x00-0x08 not allowed.';

describe('ApplicationIn', () => {
  accepts(ApplicationIn, [
    ['a name', { name: 'A' }, { name: 'A' }],
    ['a long name', { name: long(10_000) }, { name: long(10_000) }],
    ['what people write', { name: 'Zoë 🙂\n<b>' }, { name: 'Zoë 🙂\n<b>' }],
    ['unknown keys, which it drops', { name: 'A', id: 'app_1' }, { name: 'A' }],
    [
      'nulls',
      { name: 'A', uid: null, throttleRate: null, rateLimit: null, metadata: null },
      { name: 'A', uid: null, throttleRate: null, rateLimit: null, metadata: null },
    ],
    [
      'rates',
      { name: 'A', throttleRate: 1, rateLimit: 65_535 },
      { name: 'A', throttleRate: 1, rateLimit: 65_535 },
    ],
  ]);
  refuses(ApplicationIn, [
    ['no name', {}, 'name', /expected string/],
    ['a null name', { name: null }, 'name', /expected string/],
    ['an empty name', { name: '' }, 'name', 'Application names must be at least one character'],
    ['a control character', { name: 'a\u0000' }, 'name', CONTROL],
    ['half of a surrogate pair', { name: 'a\ud83d' }, 'name', CONTROL],
    ['a rate of 0', { name: 'A', throttleRate: 0 }, 'throttleRate', RATE],
    ['a former rate of 0', { name: 'A', rateLimit: 0 }, 'rateLimit', FORMER_RATE],
    ['a rate that is too high', { name: 'A', throttleRate: 65_536 }, 'throttleRate', /65535/],
    ['a rate as text', { name: 'A', throttleRate: '5' }, 'throttleRate', /expected number/],
    ['a long uid', { name: 'A', uid: long(257) }, 'uid', 'String too long'],
    ['an empty uid', { name: 'A', uid: '' }, 'uid', 'String must be at least one character'],
    ['a space in the uid', { name: 'A', uid: 'a b' }, 'uid', /must match the following pattern/],
    [
      'a uid that looks like an id',
      { name: 'A', uid: 'app_1' },
      'uid',
      'Uids are not allowed to have the same prefix as the ID. Prefix with _?',
    ],
    [
      'metadata that are no texts',
      { name: 'A', metadata: { a: { b: 'c' } } },
      'metadata.a',
      /expected string/,
    ],
  ]);
});

describe('ApplicationPatch', () => {
  accepts(ApplicationPatch, [
    ['nothing', {}, {}],
    ['null, which differs from absent', { uid: null }, { uid: null }],
    ['a rate', { throttleRate: 5 }, { throttleRate: 5 }],
  ]);
  refuses(ApplicationPatch, [
    ['a null name', { name: null }, 'name', /expected string/],
    ['a rate of 0', { throttleRate: 0 }, 'throttleRate', RATE],
    ['a former rate of 0', { rateLimit: 0 }, 'rateLimit', FORMER_RATE],
  ]);
});

test('ApplicationOut drops what does not belong to it', () => {
  const out = {
    id: 'app_1',
    name: 'A',
    uid: null,
    rateLimit: null,
    throttleRate: null,
    createdAt: '2026-11-24T09:00:00.000Z',
    updatedAt: '2026-11-24T09:00:00.000Z',
    metadata: {},
  };
  expect(ApplicationOut.parse({ ...out, environmentId: 'org_1' })).toEqual(out);
});
