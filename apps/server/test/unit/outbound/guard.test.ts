import type { LookupAddress } from 'node:dns';
import { networkInterfaces } from 'node:os';
import { describe, expect, test } from 'vitest';
import { parseSubnets } from '../../../src/outbound/address.js';
import type { Resolve } from '../../../src/outbound/guard.js';
import { startReceiver } from './receiver.js';
import { makeSender } from './sender.js';

const BLOCKED = {
  kind: 'failure',
  reason: 'blocked',
  message: 'requests to this IP range are blocked (see the server configuration)',
};

/** Sends something to any URL, with only `allow` allowed. */
function makePostTo(allow: string, resolve?: Resolve) {
  const sender = makeSender({ allowSubnets: parseSubnets(allow), ...(resolve ? { resolve } : {}) });
  return (url: string) => sender.send({ url, headers: [], body: '{}' });
}

const address = (text: string): LookupAddress => ({ address: text, family: text.includes(':') ? 6 : 4 });

/** A resolver with one answer, later, as a real one. */
const resolveTo =
  (...addresses: string[]): Resolve =>
  (_hostname, callback) =>
    setImmediate(() => callback(null, addresses.map(address)));

const ok = () => startReceiver((_request, response) => response.end('here'));

describe('by default', () => {
  test.each([
    'localhost',
    '127.0.0.1',
    '127.0.0.1.',
    '0x7f.1',
    '2130706433',
    '017700000001',
    '0',
    '[::1]',
    '[::]',
    '[::ffff:7f00:1]',
    '[::ffff:127.0.0.1]',
    '[64:ff9b::7f00:1]',
    '169.254.169.254',
    '10.0.0.1',
    '[fd00:ec2::254]',
  ])('%s is blocked', async (host) => {
    const receiver = await ok();
    const send = makePostTo('');
    expect(await send(`http://${host}:${receiver.port}/`)).toMatchObject(BLOCKED);
    expect(await send(`https://${host}:${receiver.port}/`)).toMatchObject(BLOCKED);
    expect(receiver.connections()).toBe(0);
  });

  test('the message does not tell the address that a name has', async () => {
    const result = await makePostTo('', resolveTo('10.11.12.13'))('http://inside.test/');
    expect(JSON.stringify(result)).not.toContain('10.11');
  });
});

describe('names', () => {
  test.each([
    ['a private address', ['10.0.0.1']],
    ['loopback', ['127.0.0.1', '::1']],
    ['a mapped private address', ['::ffff:10.0.0.1']],
    ['no address at all', []],
  ])('that resolve to %s are blocked', async (_name, addresses) => {
    expect(await makePostTo('', resolveTo(...addresses))('http://inside.test/')).toMatchObject(BLOCKED);
  });

  test('are connected by what of their addresses is allowed', async () => {
    const receiver = await ok();
    const send = makePostTo('127.0.0.0/8', resolveTo('10.0.0.1', '::1', '127.0.0.1', '169.254.169.254'));
    expect(await send(`http://mixed.test:${receiver.port}/`)).toMatchObject({ body: 'here' });
  });

  test('are looked up again for a new connection, and judged again', async () => {
    const receiver = await startReceiver((_request, response) =>
      response.setHeader('connection', 'close').end(),
    );
    const answers = ['127.0.0.1', '10.0.0.1'];
    const send = makePostTo('127.0.0.0/8', (_hostname, callback) =>
      setImmediate(() => callback(null, [address(answers.shift() ?? '')])),
    );
    expect(await send(`http://rebind.test:${receiver.port}/`)).toMatchObject({ statusCode: 200 });
    expect(await send(`http://rebind.test:${receiver.port}/`)).toMatchObject(BLOCKED);
    expect(answers).toEqual([]);
  });

  test('are looked up once for many connections that open together', async () => {
    const receiver = await ok();
    let lookups = 0;
    const send = makePostTo('127.0.0.0/8', (hostname, callback) => {
      lookups += 1;
      resolveTo('127.0.0.1')(hostname, callback);
    });
    const results = await Promise.all(
      Array.from({ length: 20 }, () => send(`http://many.test:${receiver.port}/`)),
    );
    expect(results.every((result) => result.kind === 'response')).toBe(true);
    expect(lookups).toBe(1);
    expect(receiver.connections()).toBe(20);
  });

  test('that are unknown fail without more words than that', async () => {
    const unknown: Resolve = (_hostname, callback) =>
      setImmediate(() =>
        callback(Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' }), []),
      );
    expect(await makePostTo('', unknown)('http://unknown.test/')).toMatchObject({
      reason: 'connect',
      message: 'error making request: client error (Connect): host name not found',
    });
  });

  const hasIpv6 = Object.values(networkInterfaces()).some((list) =>
    list?.some(({ address }) => address === '::1'),
  );
  test.skipIf(!hasIpv6)('are tried by IPv4 first', async () => {
    const receiver = await startReceiver(
      (request, response) => response.end(request.socket.remoteAddress),
      '::',
    );
    const send = makePostTo('127.0.0.0/8, ::1', resolveTo('::1', '127.0.0.1'));
    expect(await send(`http://both.test:${receiver.port}/`)).toMatchObject({ body: '::ffff:127.0.0.1' });
  });
});
