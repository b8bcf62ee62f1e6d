import type { ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import { findFreePort, startRawReceiver, startReceiver, turnEventLoop } from './receiver.js';
import { makePost, makeSender, post } from './sender.js';

/** An answer written by hand, for raw receivers. */
const answer = (body: string) => `HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`;

describe('connection', () => {
  test('refused', async () => {
    expect(await post(`http://127.0.0.1:${await findFreePort()}/`)).toMatchObject({
      kind: 'failure',
      reason: 'connect',
      message: 'error making request: client error (Connect): connection refused',
    });
  });

  test('without TLS on the other side', async () => {
    const receiver = await startReceiver((_request, response) => response.end());
    expect(await post(receiver.url.replace('http:', 'https:'))).toMatchObject({
      reason: 'connect',
      message: 'error making request: client error (Connect): TLS handshake failed',
    });
  });

  test('dropped before an answer is not tried twice when it was new', async () => {
    let requests = 0;
    const receiver = await startRawReceiver((socket) => {
      requests += 1;
      socket.destroy();
    });
    expect(await post(receiver.url)).toMatchObject({
      kind: 'failure',
      reason: 'send',
      message: expect.stringContaining('error making request: client error (SendRequest): connection'),
    });
    expect(requests).toBe(1);
  });

  test('dropped when it is used again is replaced at once, and the request sent again', async () => {
    let requests = 0;
    const receiver = await startRawReceiver((socket) => {
      requests += 1;
      if (requests === 2) socket.destroy();
      else socket.write(answer(String(requests)));
    });
    const send = makePost(receiver.url);
    expect(await send()).toMatchObject({ body: '1' });
    await turnEventLoop();
    expect(await send()).toMatchObject({ kind: 'response', statusCode: 200, body: '3' });
    expect(receiver.connections()).toBe(2);
  });

  test('dropped again after that is a failure', async () => {
    let requests = 0;
    const receiver = await startRawReceiver((socket) => {
      requests += 1;
      if (requests === 1) socket.write(answer('1'));
      else socket.destroy();
    });
    const send = makePost(receiver.url);
    await send();
    await turnEventLoop();
    expect(await send()).toMatchObject({ kind: 'failure', reason: 'send' });
    expect(requests).toBe(3);
  });

  test('dropped within the head of an answer is a failure at once', async () => {
    let requests = 0;
    const receiver = await startRawReceiver((socket) => {
      requests += 1;
      if (requests === 1) socket.write(answer('1'));
      else socket.write('HTTP/1.1 20', () => socket.destroy());
    });
    const send = makePost(receiver.url);
    await send();
    await turnEventLoop();
    expect(await send()).toMatchObject({ kind: 'failure', reason: 'send' });
    expect(requests).toBe(2);
  });

  test.each([
    ['no HTTP', 'SSH-2.0-OpenSSH\r\n\r\n', 'the answer is not valid HTTP/1.1'],
    [
      'headers without end',
      `HTTP/1.1 200 OK\r\nx: ${'x'.repeat(70_000)}`,
      'the headers of the answer are too large',
    ],
  ])('that speaks %s', async (_name, text, words) => {
    const receiver = await startRawReceiver((socket) => socket.write(text));
    expect(await post(receiver.url)).toMatchObject({
      reason: 'send',
      message: expect.stringContaining(words),
    });
  });

  test('is kept and used again, one request at a time', async () => {
    const receiver = await startReceiver((_request, response) => response.end());
    const send = makePost(receiver.url);
    for (let i = 0; i < 5; i++) {
      await send();
      await turnEventLoop();
    }
    expect(receiver.connections()).toBe(1);
    await Promise.all([send(), send(), send()]);
    expect(receiver.connections()).toBe(3);
  });

  test('is there for a healthy endpoint though its neighbour on the same origin hangs', async () => {
    const hanging: ServerResponse[] = [];
    const receiver = await startReceiver((request, response) => {
      if (request.url === '/hook') response.end('healthy');
      else hanging.push(response);
    });
    const sender = makeSender();
    const send = (url: string) => sender.send({ url, headers: [], body: '{}' });
    const dead = Array.from({ length: 300 }, () => send(receiver.url.replace('hook', 'dead')));
    expect(await send(receiver.url)).toMatchObject({ body: 'healthy' });
    while (hanging.length < dead.length) await turnEventLoop();
    for (const response of hanging) response.end('late');
    for (const result of await Promise.all(dead)) expect(result).toMatchObject({ body: 'late' });
  });
});
