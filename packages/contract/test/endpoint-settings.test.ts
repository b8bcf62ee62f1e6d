import { describe } from 'vitest';
import { EventExampleIn, RecoverIn } from '../src/endpoint/activity.js';
import { EndpointHeadersIn, EndpointHeadersPatchIn } from '../src/endpoint/headers.js';
import { EndpointSecretRotateIn } from '../src/endpoint/secret.js';
import { accepts, long, refuses } from './tables.js';

describe('endpoint headers', () => {
  const wrong: [string, Record<string, string>, string][] = [
    ['a space in a name', { 'a b': '1' }, 'Invalid Header Name.'],
    ['an empty name', { '': '1' }, 'Invalid Header Name.'],
    ['a name of ours', { 'SVIX-Id': '1' }, 'Header starts with a forbidden prefix.'],
    ['a name of a cloud', { 'x-amz-date': '1' }, 'Header starts with a forbidden prefix.'],
    ['a name of the connection', { 'Transfer-Encoding': '1' }, 'Header uses a forbidden key.'],
    ['a line break in a value', { a: '1\r\nb: 2' }, 'Invalid Header Value.'],
    ['a value that is not ASCII', { a: 'ä' }, 'Invalid Header Value.'],
    ['a long value', { a: long(4097) }, 'Maximum header length is 4096 bytes'],
  ];
  const allowed = { Authorization: 'Bearer x', host: 'a', 'webhook-x': '', 'X-Api-Key': long(4096) };
  accepts(EndpointHeadersIn, [
    ['headers', { headers: allowed }, { headers: allowed }],
    ['none', { headers: {} }, { headers: {} }],
  ]);
  refuses(EndpointHeadersIn, [
    ...wrong.map(([name, headers, message]) => [name, { headers }, 'headers', message] as const),
    ['nothing', {}, 'headers', /expected record/],
    ['a null value', { headers: { a: null } }, 'headers.a', /expected string/],
  ]);
  // Spec: wire behaviour, section 6.3.
  const names =
    'user-agent keep-alive proxy-authenticate proxy-authorization te trailers transfer-encoding upgrade age ' +
    'cache-control clear-site-data expires pragma warning content-length content-type content-encoding ' +
    'content-language content-location';
  const prefixes = 'x-amz- x-amzn- x-google x-goog- x-gfe x-azure- x-fd- x-svix- svix-';
  refuses(EndpointHeadersIn, [
    ...names
      .split(' ')
      .map((name) => [name, { headers: { [name]: '' } }, 'headers', 'Header uses a forbidden key.'] as const),
    ...prefixes
      .split(' ')
      .map(
        (name) =>
          [
            name,
            { headers: { [`${name}a`]: '' } },
            'headers',
            'Header starts with a forbidden prefix.',
          ] as const,
      ),
  ]);
  accepts(EndpointHeadersPatchIn, [
    ['null values', { headers: { a: null, b: '1' } }, { headers: { a: null, b: '1' }, deleteHeaders: [] }],
    ['names to remove', { headers: {}, deleteHeaders: ['a'] }, { headers: {}, deleteHeaders: ['a'] }],
  ]);
  refuses(
    EndpointHeadersPatchIn,
    wrong.map(([name, headers, message]) => [name, { headers }, 'headers', message]),
  );
});

describe('EndpointSecretRotateIn', () => {
  accepts(EndpointSecretRotateIn, [
    ['nothing', {}, {}],
    ['nulls', { key: null, gracePeriodSeconds: null }, { key: null, gracePeriodSeconds: null }],
    ['no grace', { gracePeriodSeconds: 0 }, { gracePeriodSeconds: 0 }],
    ['seven days', { gracePeriodSeconds: 604_800 }, { gracePeriodSeconds: 604_800 }],
  ]);
  const GRACE = 'Duration must be between 0 and 7 days';
  refuses(EndpointSecretRotateIn, [
    ['more than seven days', { gracePeriodSeconds: 604_801 }, 'gracePeriodSeconds', GRACE],
    ['less than nothing', { gracePeriodSeconds: -1 }, 'gracePeriodSeconds', GRACE],
    ['a number as key', { key: 5 }, 'key', /expected string/],
  ]);
});

describe('EventExampleIn and RecoverIn', () => {
  accepts(EventExampleIn, [
    ['a type', { eventType: 'svix.ping' }, { eventType: 'svix.ping', exampleIndex: 0 }],
    [
      'a payload',
      { eventType: 'a', payload: { b: 1 } },
      { eventType: 'a', exampleIndex: 0, payload: { b: 1 } },
    ],
  ]);
  refuses(EventExampleIn, [
    ['no type', {}, 'eventType', /expected string/],
    ['an index below 0', { eventType: 'a', exampleIndex: -1 }, 'exampleIndex', />=0/],
    [
      'a payload that is no object',
      { eventType: 'a', payload: 'b' },
      'payload',
      'Payload must be an object.',
    ],
  ]);
  const since = '2026-08-21T20:24:36.123456789Z';
  const at = new Date('2026-08-21T20:24:36.123Z');
  accepts(RecoverIn, [
    ['a start', { since }, { since: at }],
    ['no end', { since, until: null }, { since: at, until: null }],
    ['an end', { since, until: since }, { since: at, until: at }],
  ]);
  refuses(RecoverIn, [
    ['no start', {}, 'since', /expected string/],
    ['a null start', { since: null }, 'since', /expected string/],
    ['a day', { since: '2026-08-21' }, 'since', /Must be a date and time/],
  ]);
});
