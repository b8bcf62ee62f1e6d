import { expect, test } from 'vitest';
import { joinHeaders, parseTarget } from '../../../src/outbound/target.js';

test.each([
  ['https://example.com', 'https://example.com', '/'],
  ['http://EXAMPLE.com:80/a b?q=1&r=%20#fragment', 'http://example.com', '/a%20b?q=1&r=%20'],
  ['https://example.com:8443/?x', 'https://example.com:8443', '/?x'],
  ['https://user:pass@example.com/', 'https://example.com', '/'],
  ['http://0x7f.1/', 'http://127.0.0.1', '/'],
  ['http://2130706433/', 'http://127.0.0.1', '/'],
  ['http://017700000001/', 'http://127.0.0.1', '/'],
  ['http://[::ffff:7f00:1]:81/', 'http://[::ffff:7f00:1]:81', '/'],
])('%s is taken apart', (url, origin, path) => {
  expect(parseTarget(url)).toMatchObject({ origin, path });
});

test.each([
  '',
  'example.com',
  '/hook',
  'ftp://example.com/',
  'file:///etc/passwd',
  'http://',
  'http://1.2.3.4.5/',
])('"%s" is no target', (url) => expect(parseTarget(url)).toBeUndefined());

test.each([
  ['http://user:pass@h/', 'user:pass'],
  ['http://user@h/', 'user:'],
  ['http://user:@h/', 'user:'],
  ['http://:pass@h/', ':pass'],
  ['http://us%3Aer:p%40ss%2F@h/', 'us:er:p@ss/'],
  ['http://ü:ß@h/', 'ü:ß'],
  ['http://100%:5%zz@h/', '100%:5%zz'],
])('%s means Basic authorization of %s', (url, credentials) => {
  expect(parseTarget(url)?.authorization).toBe(`Basic ${Buffer.from(credentials).toString('base64')}`);
});

test('a URL without user and password has no authorization', () => {
  expect(parseTarget('http://h/')?.authorization).toBeUndefined();
  expect(parseTarget('http://@h/')?.authorization).toBeUndefined();
});

test('of headers with one name the last counts, with the case it has', () => {
  expect(
    joinHeaders(
      [
        ['accept', '*/*'],
        ['user-agent', 'us'],
      ],
      [['X-A', '1']],
      [
        ['Accept', 'text/plain'],
        ['x-a', '2'],
      ],
    ),
  ).toEqual(['Accept', 'text/plain', 'user-agent', 'us', 'x-a', '2']);
});
