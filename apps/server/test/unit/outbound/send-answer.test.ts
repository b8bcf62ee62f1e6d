import { describe, expect, test } from 'vitest';
import { createSignal, startRawReceiver, startReceiver, turnEventLoop } from './receiver.js';
import { makePost, makeSender, post } from './sender.js';

describe('answer', () => {
  test('carries status, headers as they came, body and time', async () => {
    const receiver = await startReceiver((_request, response) => {
      response.writeHead(503, ['Retry-After', '120', 'Set-Cookie', 'a', 'Set-Cookie', 'b']);
      response.end('töö');
    });
    const result = await post(receiver.url);
    expect(result).toMatchObject({ kind: 'response', statusCode: 503, body: 'töö' });
    if (result.kind !== 'response') return;
    expect(result.headers.slice(0, 3)).toEqual([
      ['Retry-After', '120'],
      ['Set-Cookie', 'a'],
      ['Set-Cookie', 'b'],
    ]);
    expect(Number.isInteger(result.durationMs)).toBe(true);
    expect(result.durationMs).toBeLessThan(5000);
  });

  test.each([301, 302, 307, 308])('%i is not followed', async (status) => {
    const paths: (string | undefined)[] = [];
    const receiver = await startReceiver((request, response) => {
      paths.push(request.url);
      response.writeHead(status, { location: '/elsewhere' }).end();
    });
    expect(await post(receiver.url)).toMatchObject({ kind: 'response', statusCode: status });
    expect(paths).toEqual(['/hook']);
  });

  test('comes after informational ones', async () => {
    const receiver = await startReceiver((_request, response) => {
      response.writeEarlyHints({ link: '</style.css>; rel=preload' });
      response.writeHead(202).end('done');
    });
    expect(await post(receiver.url)).toMatchObject({ statusCode: 202, body: 'done' });
  });

  test.each([
    ['bytes that are not UTF-8', Buffer.from([0x61, 0xff, 0xfe])],
    ['a NUL, which PostgreSQL cannot keep', Buffer.from('a\0b')],
  ])('with %s is base64', async (_name, bytes) => {
    const receiver = await startReceiver((_request, response) => response.end(bytes));
    expect(await post(receiver.url)).toMatchObject({ body: bytes.toString('base64') });
  });

  test('of exactly 20 000 bytes is whole, and the connection stays', async () => {
    const receiver = await startReceiver((_request, response) => response.end('a'.repeat(20_000)));
    const sender = makeSender();
    for (let i = 0; i < 2; i++) {
      const result = await sender.send({ url: receiver.url, headers: [], body: '{}' });
      expect(result).toMatchObject({ body: 'a'.repeat(20_000) });
      await turnEventLoop();
    }
    expect(receiver.connections()).toBe(1);
  });

  test('of 20 001 bytes is cut, and base64 when the cut splits a character', async () => {
    const bodies = ['a'.repeat(20_001), `${'a'.repeat(19_999)}é`];
    const receiver = await startReceiver((_request, response) => response.end(bodies.shift()));
    const send = makePost(receiver.url);
    expect(await send()).toMatchObject({ statusCode: 200, body: 'a'.repeat(20_000) });
    const cut = Buffer.concat([Buffer.alloc(19_999, 'a'), Buffer.of(0xc3)]);
    expect(await send()).toMatchObject({ statusCode: 200, body: cut.toString('base64') });
  });

  test('without end is cut at once, and the connection closed', async () => {
    const closed = createSignal();
    const receiver = await startReceiver((_request, response) => {
      response.on('close', closed.reach);
      response.on('error', () => {});
      const write = () => {
        while (!response.destroyed && response.write('x'.repeat(10_000)));
      };
      response.on('drain', write);
      write();
    });
    expect(await post(receiver.url)).toMatchObject({
      kind: 'response',
      statusCode: 200,
      body: 'x'.repeat(20_000),
    });
    await closed.reached;
  });

  test('broken off in its body counts with what came', async () => {
    const receiver = await startRawReceiver((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\npart', () => socket.destroy());
    });
    expect(await post(receiver.url)).toMatchObject({ kind: 'response', statusCode: 200, body: 'part' });
  });
});

describe('timeout', () => {
  test('without a head is a failure', async () => {
    const closed = createSignal();
    const receiver = await startReceiver((request) => request.socket.on('close', closed.reach));
    const result = await post(receiver.url, { timeoutMs: 100 });
    expect(result).toMatchObject({ kind: 'failure', reason: 'timeout', message: 'request timed out' });
    expect(result.durationMs).toBeGreaterThanOrEqual(99);
    await closed.reached;
  });

  test('in the body ends an answer with what came', async () => {
    const closed = createSignal();
    const receiver = await startReceiver((request, response) => {
      request.socket.on('close', closed.reach);
      response.write('first');
    });
    expect(await post(receiver.url, { timeoutMs: 100 })).toMatchObject({ statusCode: 200, body: 'first' });
    await closed.reached;
  });

  test('is one for everything: bytes now and then do not prolong it', async () => {
    const receiver = await startReceiver((_request, response) => {
      const timer = setInterval(() => response.write('.'), 20);
      response.on('close', () => clearInterval(timer));
    });
    const startedAt = performance.now();
    expect(await post(receiver.url, { timeoutMs: 150 })).toMatchObject({ kind: 'response', statusCode: 200 });
    expect(performance.now() - startedAt).toBeLessThan(2000);
  });

  test('holds for the name lookup too', async () => {
    const result = await post('http://slow.test/', { timeoutMs: 50, resolve: () => {} });
    expect(result).toMatchObject({ reason: 'timeout' });
  });
});
