import { describe, expectTypeOf, test } from 'vitest';
import type { z } from 'zod';
import { EndpointIn, EndpointPatch, EndpointUpsertIn } from '../src/endpoint/schemas.js';
import { accepts, long, refuses } from './tables.js';

const url = 'https://example.com/hook';
const full = { url, description: '', version: 1, disabled: false };
const CHANNELS = 'Channels must have at least 1 and at most 10 items, or be set to null.';
const eleven = Array.from({ length: 11 }, (_, index) => `c${index}`);

describe('EndpointIn', () => {
  accepts(EndpointIn, [
    ['a URL', { url }, full],
    ['a URL as browsers write it', { url: 'HTTP://Bad.Url' }, { ...full, url: 'http://bad.url/' }],
    [
      'a private address, which is refused when it is called',
      { url: 'http://10.0.0.1/' },
      { ...full, url: 'http://10.0.0.1/' },
    ],
    ['no event types as all', { url, eventTypes: [] }, { ...full, eventTypes: null }],
    ['no filter types as all', { url, filterTypes: [], version: 1 }, { ...full, eventTypes: null }],
    ['event types', { url, eventTypes: ['a', 'b', 'a'] }, { ...full, eventTypes: ['a', 'b'] }],
    ['filter types', { url, filterTypes: ['a'] }, { ...full, eventTypes: ['a'] }],
    ['both', { url, eventTypes: ['a'], filterTypes: ['b'] }, { ...full, eventTypes: ['a'] }],
    ['a rate', { url, throttleRate: 5 }, { ...full, throttleRate: 5 }],
    ['a rate by its former name', { url, rateLimit: 5 }, { ...full, throttleRate: 5 }],
    ['both rates', { url, throttleRate: 1, rateLimit: 5 }, { ...full, throttleRate: 1 }],
    ['ten channels', { url, channels: eleven.slice(1) }, { ...full, channels: eleven.slice(1) }],
    ['one channel twice', { url, channels: ['a', 'a'] }, { ...full, channels: ['a'] }],
    ['headers', { url, headers: { 'X-A': '1' } }, { ...full, headers: { 'X-A': '1' } }],
    ['a secret, read by the server', { url, secret: 'whsec_x' }, { ...full, secret: 'whsec_x' }],
    [
      'nulls',
      { url, uid: null, channels: null, metadata: null, secret: null, eventTypes: null, headers: null },
      { ...full, uid: null, channels: null, metadata: null, secret: null, eventTypes: null, headers: null },
    ],
  ]);
  refuses(EndpointIn, [
    ['no URL', {}, 'url', /expected string/],
    ['an empty URL', { url: '' }, 'url', 'Endpoint URL is not a valid URL'],
    ['no scheme', { url: 'example.com' }, 'url', 'Endpoint URL is not a valid URL'],
    ['another scheme', { url: 'ftp://a.b' }, 'url', 'Endpoint URL schemes must be http or https'],
    ['a script', { url: 'javascript:alert(1)' }, 'url', 'Endpoint URL schemes must be http or https'],
    ['a long URL', { url: `https://a.b/${long(65_536)}` }, 'url', 'String too long'],
    ['a null description', { url, description: null }, 'description', /expected string/],
    ['a control character', { url, description: '\u0001' }, 'description', /Control characters/],
    [
      'a rate of 0',
      { url, throttleRate: 0 },
      'throttleRate',
      'Endpoint throttle rate must be at least one if set',
    ],
    [
      'a former rate of 0',
      { url, rateLimit: 0 },
      'rateLimit',
      'Endpoint rate limits must be at least one if set',
    ],
    ['a version of 0', { url, version: 0 }, 'version', 'Endpoint versions must be at least one if set'],
    ['a uid that looks like an id', { url, uid: 'ep_1' }, 'uid', /same prefix as the ID/],
    ['no channels', { url, channels: [] }, 'channels', CHANNELS],
    ['eleven channels', { url, channels: eleven }, 'channels', CHANNELS],
    ['a bad channel', { url, channels: ['a/b'] }, 'channels.0', /must match the following pattern/],
    [
      'a bad event type',
      { url, eventTypes: ['a', 'b c'] },
      'eventTypes.1',
      /must match the following pattern/,
    ],
    [
      'a bad filter type',
      { url, filterTypes: [''] },
      'filterTypes.0',
      'String must be at least one character',
    ],
    ['a text as event types', { url, eventTypes: 'a' }, 'eventTypes', /expected array/],
    [
      'a forbidden header',
      { url, headers: { 'Content-Type': 'a' } },
      'headers',
      'Header uses a forbidden key.',
    ],
    ['null for disabled', { url, disabled: null }, 'disabled', /expected boolean/],
  ]);
  test('has types for clients', () => {
    type In = z.input<typeof EndpointIn>;
    expectTypeOf<In['url']>().toEqualTypeOf<string>();
    expectTypeOf<In['eventTypes']>().toEqualTypeOf<string[] | null | undefined>();
    expectTypeOf<In['disabled']>().toEqualTypeOf<boolean | undefined>();
  });
});

describe('EndpointUpsertIn', () => {
  accepts(EndpointUpsertIn, [
    ['a secret and headers, which it drops', { url, secret: 'x', headers: { a: 'b' } }, full],
  ]);
});

describe('EndpointPatch', () => {
  accepts(EndpointPatch, [
    ['nothing', {}, {}],
    ['null event types', { eventTypes: null }, { eventTypes: null }],
    ['no event types as null', { filterTypes: [] }, { eventTypes: null }],
    [
      'null by former names',
      { rateLimit: null, filterTypes: null },
      { throttleRate: null, eventTypes: null },
    ],
    ['null, which wins over a former name', { throttleRate: null, rateLimit: 5 }, { throttleRate: null }],
    ['a URL', { url: 'http://A.b' }, { url: 'http://a.b/' }],
  ]);
  const RATE = 'Endpoint rate limits must be at least 1 if set';
  refuses(EndpointPatch, [
    ['a null URL', { url: null }, 'url', /expected string/],
    ['a null description', { description: null }, 'description', /expected string/],
    ['a null version', { version: null }, 'version', /expected number/],
    ['a version of 0', { version: 0 }, 'version', 'Endpoint versions must be at least one'],
    ['null for disabled', { disabled: null }, 'disabled', /expected boolean/],
    ['a rate of 0', { throttleRate: 0 }, 'throttleRate', RATE],
    ['a former rate of 0', { rateLimit: 0 }, 'rateLimit', RATE],
    ['no channels', { channels: [] }, 'channels', CHANNELS],
  ]);
});
