import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { createSignal, readBody, startReceiver } from './receiver.js';
import { makeSender, post } from './sender.js';

describe('request', () => {
  test('is a POST with the bytes, the standard headers and those given, their case kept', async () => {
    let seen: unknown;
    const receiver = await startReceiver(async (request, response) => {
      seen = {
        method: request.method,
        path: request.url,
        headers: request.rawHeaders.join('|'),
        body: await readBody(request),
      };
      response.end();
    });
    const body = '{"a" : "ü", "a":1}';
    const result = await makeSender().send({
      url: `${receiver.url}?a=1#part`,
      headers: [
        ['svix-id', 'msg_1'],
        ['X-Custom', 'Value'],
      ],
      body,
    });
    expect(result).toMatchObject({ kind: 'response', statusCode: 200, body: '' });
    expect(seen).toEqual({
      method: 'POST',
      path: '/hook?a=1',
      body,
      headers: [
        `host|127.0.0.1:${receiver.port}|connection|keep-alive|accept|*/*|content-type|application/json`,
        'user-agent|Svix-Webhooks/1.2.3|svix-id|msg_1|X-Custom|Value',
        `content-length|${Buffer.byteLength(body)}`,
      ].join('|'),
    });
  });

  test('takes the credentials of the URL, unless there is an authorization of its own', async () => {
    const seen: (string | undefined)[] = [];
    const receiver = await startReceiver((request, response) => {
      seen.push(request.headers.authorization);
      response.end();
    });
    const sender = makeSender();
    const url = receiver.url.replace('//', '//user:p%40ss@');
    await sender.send({ url, headers: [], body: '{}' });
    await sender.send({ url, headers: [['Authorization', 'Bearer token']], body: '{}' });
    expect(seen).toEqual([`Basic ${Buffer.from('user:p@ss').toString('base64')}`, 'Bearer token']);
  });

  test('may have another Host header', async () => {
    const receiver = await startReceiver((request, response) => response.end(request.headers.host));
    const result = await makeSender().send({
      url: receiver.url,
      headers: [['Host', 'other.test']],
      body: '{}',
    });
    expect(result).toMatchObject({ body: 'other.test' });
  });

  test('takes a body of bytes and an empty one', async () => {
    const receiver = await startReceiver(async (request, response) => response.end(await readBody(request)));
    const sender = makeSender();
    expect(await sender.send({ url: receiver.url, headers: [], body: Buffer.from('bytes') })).toMatchObject({
      body: 'bytes',
    });
    expect(await sender.send({ url: receiver.url, headers: [], body: '' })).toMatchObject({
      statusCode: 200,
      body: '',
    });
  });

  test.each(['', 'no url', 'ftp://127.0.0.1/', 'http://'])('"%s" is an invalid URL', async (url) => {
    expect(await post(url)).toMatchObject({
      kind: 'failure',
      reason: 'invalid',
      message: 'error making request: the URL is not a valid http or https URL',
    });
  });

  test.each([
    ['X-A', 'line\nbreak secret'],
    ['X A', 'secret'],
    ['Expect', 'secret'],
    ['X-A', 'secret ✓'],
  ])('the header %s: %j is invalid, and the message does not repeat it', async (name, value) => {
    const receiver = await startReceiver((_request, response) => response.end());
    const result = await makeSender().send({ url: receiver.url, headers: [[name, value]], body: '{}' });
    expect(result).toMatchObject({ kind: 'failure', reason: 'invalid' });
    expect(JSON.stringify(result)).not.toContain('secret');
    expect(receiver.connections()).toBe(0);
  });
});

describe('close', () => {
  test('waits for what is under way, may be repeated, and refuses what comes later', async () => {
    const arrived = createSignal<() => void>();
    const receiver = await startReceiver((_request, response) => arrived.reach(() => response.end('late')));
    const sender = makeSender();
    const result = sender.send({ url: receiver.url, headers: [], body: '{}' });
    const finish = await arrived.reached;
    const closing = Promise.all([sender.close(), sender.close()]);
    await expect(sender.send({ url: receiver.url, headers: [], body: '{}' })).rejects.toThrow(
      'the sender is closed',
    );
    finish();
    expect(await result).toMatchObject({ body: 'late' });
    await closing;
  });

  test('closes idle connections', async () => {
    const closed = createSignal<unknown>();
    const receiver = await startReceiver((request, response) => {
      closed.reach(once(request.socket, 'close'));
      response.end();
    });
    const sender = makeSender();
    await sender.send({ url: receiver.url, headers: [], body: '{}' });
    await sender.close();
    await closed.reached;
  });
});
