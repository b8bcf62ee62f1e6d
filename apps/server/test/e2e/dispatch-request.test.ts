import { unwrap } from '@postrider/client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../harness.js';
import type { Received, Receiver } from '../receiver.js';
import { REACH_RECEIVERS, Scene } from '../scene.js';

let server: TestServer;
let scene: Scene;
let receiver: Receiver;
beforeAll(async () => {
  server = await startServer({ ...REACH_RECEIVERS, POSTRIDER_RETRY_SCHEDULE: '' });
});
afterAll(() => server.stop());
beforeEach(async () => {
  scene = await Scene.open(server);
  receiver = await scene.receiver();
});
afterEach(() => scene.close());

const first = async () => (await receiver.waitFor(1))[0] as Received;
const withUserInfo = (userInfo: string) => receiver.url.replace('http://', `http://${userInfo}@`);
/** Names of headers as they stand on the wire. */
const namesOn = ({ rawHeaders }: Received) => rawHeaders.filter((_text, index) => index % 2 === 0);

describe('a request', () => {
  it('is a POST with these headers and no others', async () => {
    await scene.endpoint(receiver);
    const [one, two] = scene.sdks;
    await one.message.create(scene.appId, { eventType: 'a', payload: { a: 1 } });
    await two.message.create(scene.appId, { eventType: 'a', payload: { a: 1 } });
    for (const { method, path, headers } of await receiver.waitFor(2)) {
      expect([method, path]).toEqual(['POST', '/hook']);
      expect(headers).toEqual({
        host: new URL(receiver.url).host,
        connection: 'keep-alive',
        accept: '*/*',
        'content-type': 'application/json',
        'content-length': '7',
        'user-agent': expect.stringMatching(/^Postrider\/\d+\.\d+\.\d+/),
        'svix-id': expect.stringMatching(/^msg_/),
        'svix-timestamp': expect.stringMatching(/^\d{10}$/),
        'svix-signature': expect.stringMatching(/^v1,[A-Za-z0-9+/]{43}=$/),
      });
    }
  });

  it('has the endpoint’s path and query, without its fragment', async () => {
    await scene.endpoint(receiver.url.replace('/hook', '/a%20b/c?d=%2F&e=é#f'));
    await scene.send();
    expect((await first()).path).toBe('/a%20b/c?d=%2F&e=%C3%A9');
  });

  it('carries the endpoint’s own headers in their case, as they are at the moment', async () => {
    const { id } = await scene.endpoint(receiver, { headers: { 'X-API-Key': 'one', 'x-lower': 'L' } });
    await scene.send();
    const request = await first();
    expect(namesOn(request)).toEqual(expect.arrayContaining(['X-API-Key', 'x-lower']));
    expect(request.headers).toMatchObject({ 'x-api-key': 'one', 'x-lower': 'L' });
    const params = { app_id: scene.appId, endpoint_id: id };
    const headers = { 'x-api-key': 'two', Authorization: 'Bearer mine', 'X-Lower': null };
    await unwrap(scene.client.endpoint.patchHeaders({ params, body: { headers } }));
    await scene.send();
    const next = (await receiver.waitFor(2))[1] as Received;
    expect(namesOn(next)).toEqual(expect.arrayContaining(['x-api-key', 'Authorization']));
    expect(next.headers).toMatchObject({ 'x-api-key': 'two', authorization: 'Bearer mine' });
    expect(next.headers).not.toHaveProperty('x-lower');
  });

  it('goes to the address that the endpoint has at the moment', async () => {
    const other = await scene.receiver();
    const { id } = await scene.endpoint(receiver);
    const { id: before } = await scene.send();
    await first();
    await scene.recorded(before, 1);
    const params = { app_id: scene.appId, endpoint_id: id };
    await unwrap(scene.client.endpoint.patch({ params, body: { url: other.url } }));
    const { id: after } = await scene.send();
    await other.waitFor(1);
    expect(receiver.requests).toHaveLength(1);
    // Each attempt tells where it went.
    expect(await scene.recorded(before, 1)).toMatchObject([{ url: receiver.url }]);
    expect(await scene.recorded(after, 1)).toMatchObject([{ url: other.url }]);
  });
});

describe('user name and password of the address', () => {
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

  it.each([
    ['both', 'me:secret', 'me:secret'],
    ['encoded', 'm%40e:s%3Aé%25', 'm@e:s:é%'],
    ['a name alone', 'me', 'me:'],
    ['a password alone', ':secret', ':secret'],
  ])('become Basic authorization: %s', async (_name, userInfo, credentials) => {
    await scene.endpoint(withUserInfo(userInfo));
    await scene.send();
    const request = await first();
    expect(request.headers.authorization).toBe(basic(credentials));
    expect(request.headers.host).toBe(new URL(receiver.url).host);
  });

  it('give way to an authorization header of the endpoint', async () => {
    await scene.endpoint(withUserInfo('me:secret'), { headers: { AUTHORIZATION: 'Bearer mine' } });
    await scene.send();
    expect((await first()).headers.authorization).toBe('Bearer mine');
  });
});

it.each([301, 302, 303, 307, 308])('%i is not followed: it is the answer', async (status) => {
  const elsewhere = await scene.receiver();
  receiver.reply = { status, headers: { location: elsewhere.url }, body: 'moved' };
  await scene.endpoint(receiver);
  const { id } = await scene.send();
  const [attempt] = await scene.recorded(id, 1);
  expect(attempt).toMatchObject({ status: 2, responseStatusCode: status, response: 'moved' });
  await scene.settle();
  expect(elsewhere.requests).toEqual([]);
  expect(receiver.requests).toHaveLength(1);
});

it('requests one after the other share a connection', async () => {
  await scene.endpoint(receiver);
  for (let n = 1; n <= 3; n++) {
    const { id } = await scene.send();
    await scene.recorded(id, 1);
  }
  expect(receiver.connections).toBe(1);
});
