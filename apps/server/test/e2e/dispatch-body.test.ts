import { unwrap } from '@postrider/client';
import { messageInRaw } from 'svix';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../harness.js';
import { postText } from '../messages.js';
import type { Receiver } from '../receiver.js';
import { REACH_RECEIVERS, Scene } from '../scene.js';

let server: TestServer;
let scene: Scene;
let receiver: Receiver;
beforeAll(async () => {
  server = await startServer({ ...REACH_RECEIVERS, POSTRIDER_RETRY_SCHEDULE: '60' });
});
afterAll(() => server.stop());
beforeEach(async () => {
  scene = await Scene.open(server);
  receiver = await scene.receiver();
  await scene.endpoint(receiver);
});
afterEach(() => scene.close());

const first = async () => (await receiver.waitFor(1))[0];

describe('the body', () => {
  it.each([
    ['odd spaces', '{ "b" :1,\n\t"a":  [ 1 ,2 ] \r\n}'],
    ['numbers as they were spelled', '{"a":1.0,"b":1e5,"c":-0,"d":1E+02,"e":0.10}'],
    ['numbers beyond a double', '{"a":12345678901234567890,"b":1e400,"c":0.1234567890123456789}'],
    ['the same key twice', '{"a":1,"a":{"b":2},"a":3}'],
    ['keys in their order', '{"z":1,"10":2,"a":3,"1":4}'],
    ['escapes', '{"\\u00e9":"\\ud83d\\ude00 \\/ \\u0000 \\"","raw":"é😀\u2028"}'],
    ['half of a surrogate pair', '{"a":"\\ud800"}'],
    ['text that looks like structure', '{"a":"}\\"]{,:\\\\","b":"\\\\\\""}'],
    ['the name of a prototype', '{"__proto__":{"a":1},"constructor":1}'],
    ['nothing', '{}'],
    ['nothing, with room', '{ \n }'],
    ['words of the database', '{"a":"NULL","b":"\\\\N","c":"{}","d":"\'; --"}'],
  ])('is byte for byte what was posted: %s', async (_name, text) => {
    const { status } = await postText(scene, `{"payload": ${text} ,"eventType":"a"}`);
    expect(status).toBe(202);
    const request = await first();
    expect(request?.body).toBe(text);
    expect(request?.headers['content-length']).toBe(String(Buffer.byteLength(text)));
  });

  it('is the last of equal members, and found whatever stands around it', async () => {
    const decoys = '"tags":["payload"],"channels":null,"transformationsParams":{"payload":{"no":1}}';
    await postText(scene, `{"payload":{"no":2},${decoys},"p\\u0061yload":{"yes": 1.0},"eventType":"a"}`);
    expect((await first())?.body).toBe('{"yes": 1.0}');
  });

  it('may be called data', async () => {
    await postText(scene, '{"eventType":"a","data":{ "a": 1.0 }}');
    expect((await first())?.body).toBe('{ "a": 1.0 }');
  });

  it('is the same after a failure', async () => {
    receiver.reply = { status: 500 };
    const text = '{"a": 1.0, "é":"\\u00e9", "a":2}';
    const { body } = await postText(scene, `{"eventType":"a","payload":${text}}`);
    await scene.recorded((body as { id: string }).id, 1);
    receiver.reply = { status: 200 };
    server.clock.advance(72);
    const [one, two] = await receiver.waitFor(2);
    expect([one?.body, two?.body]).toEqual([text, text]);
  });

  it('may have a megabyte', async () => {
    const text = `{"a":"${'é'.repeat(500_000)}"}`;
    await postText(scene, `{"eventType":"a","payload":${text}}`);
    const request = await first();
    expect(request?.body === text).toBe(true);
  });

  it('is refused with 413 at eight megabytes, and nothing of it is kept', async () => {
    const body = { eventType: 'a', payload: { a: 'x'.repeat(8_000_000) } };
    const params = { app_id: scene.appId };
    const tooLarge = { code: 'payload_too_large', detail: expect.any(String) };
    expect(await scene.client.message.create({ params, body })).toMatchObject({
      status: 413,
      body: tooLarge,
    });
    for (const svix of scene.sdks) {
      await expect(svix.message.create(scene.appId, body)).rejects.toMatchObject({
        code: 413,
        body: tooLarge,
      });
    }
    expect(await unwrap(scene.client.message.list({ params }))).toMatchObject({ data: [] });
    expect(receiver.requests).toEqual([]);
  });

  it('is what each client was given', async () => {
    const payload = { z: 1, a: [1.5, 'é', null], nested: { '': true } };
    const [one, two] = scene.sdks;
    await one.message.create(scene.appId, { eventType: 'a', payload });
    await two.message.create(scene.appId, { eventType: 'a', payload });
    await scene.send({ payload });
    const bodies = (await receiver.waitFor(3)).map((request) => request.body);
    expect(bodies).toEqual(Array(3).fill(JSON.stringify(payload)));
  });
});

describe('a raw payload', () => {
  const raw = (rawPayload: string, headers?: Record<string, string>) =>
    scene.send({
      payload: {},
      transformationsParams: { rawPayload, ...(headers === undefined ? {} : { headers }) },
    });

  it.each([
    ['JSON with spaces', ' { "a" : 1.0 }\n'],
    ['a list', '[1, 2]'],
    ['XML', '<?xml version="1.0"?><a b="é"/>'],
    ['a word of the database', 'NULL'],
    ['quotes and backslashes', '"\\{},\\N\\\\"'],
    ['lines', 'a\r\nb\tc\u0001'],
    ['nothing', ''],
  ])('is sent letter by letter: %s', async (_name, text) => {
    await raw(text);
    const request = await first();
    expect(request?.body).toBe(text);
    expect(request?.headers['content-length']).toBe(String(Buffer.byteLength(text)));
  });

  it('comes from the SDK with its content type', async () => {
    const [, svix] = scene.sdks;
    await svix.message.create(scene.appId, messageInRaw('a', '<a/>', 'application/xml'));
    expect(await first()).toMatchObject({ body: '<a/>', headers: { 'content-type': 'application/xml' } });
  });

  it('goes before the payload, and is JSON unless it says otherwise', async () => {
    await scene.send({ payload: { a: 1 }, transformationsParams: { rawPayload: 'b' } });
    expect(await first()).toMatchObject({ body: 'b', headers: { 'content-type': 'application/json' } });
  });
});

describe('headers of a message', () => {
  it('go with it to every endpoint, at every attempt, in the case that they have', async () => {
    receiver.reply = { status: 500 };
    const headers = { 'X-Trace-ID': 'a b;c="d"', 'content-Type': 'text/csv' };
    const { id } = await scene.send({ transformationsParams: { headers } });
    await scene.recorded(id, 1);
    server.clock.advance(72);
    for (const request of await receiver.waitFor(2)) {
      expect(request.rawHeaders).toEqual(expect.arrayContaining(['X-Trace-ID', 'a b;c="d"']));
      expect(request.headers['content-type']).toBe('text/csv');
      expect(request.body).toBe('{"n":1}');
    }
    const { id: plain } = await scene.send();
    const next = (await receiver.waitFor(3))[2];
    expect(next?.headers).toMatchObject({ 'svix-id': plain, 'content-type': 'application/json' });
    expect(next?.headers).not.toHaveProperty('x-trace-id');
  });

  it('give way to those of the endpoint, and never stand for the signature', async () => {
    const other = await scene.receiver();
    await scene.endpoint(other, { headers: { 'X-A': 'endpoint' } });
    const headers = { 'x-a': 'message', 'Svix-Id': 'forged', 'svix-signature': 'v1,forged' };
    const { id } = await scene.send({ transformationsParams: { headers } });
    const request = (await other.waitFor(1))[0];
    expect(request?.headers).toMatchObject({ 'x-a': 'endpoint', 'svix-id': id });
    expect(request?.headers['svix-signature']).not.toContain('forged');
    expect((await first())?.headers).toMatchObject({ 'x-a': 'message', 'svix-id': id });
  });
});
