import { randomBytes } from 'node:crypto';
import { unwrap } from '@postrider/client';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Home, openHome, startServer, type TestServer } from '../harness.js';
import { idsOf } from '../messages.js';
import { REACH_RECEIVERS, Scene } from '../scene.js';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

let home: Home;
let servers: TestServer[];
const start = async (key: string) => {
  const server = await startServer({ ...REACH_RECEIVERS, POSTRIDER_ENCRYPTION_KEY: key }, home);
  servers.push(server);
  return server;
};
beforeEach(async () => {
  home = await openHome();
  servers = [];
});
afterEach(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  await home.remove();
});

it('without the key that sealed it a secret is a 500 that says so, and it is read again with it', async () => {
  const newer = randomBytes(32).toString('base64');
  const scene = await Scene.open(await start(home.encryptionKey));
  const receiver = await scene.receiver();
  const { id } = await scene.endpoint(receiver, { secret: SECRET, headers: { 'x-team': 'top-secret' } });
  await scene.server.stop();

  const wrong = await start(newer);
  const call = async (method: string, path: string, body?: unknown) => {
    const answer = await fetch(`${wrong.url}/api/v1/app/${scene.appId}${path}`, {
      method,
      headers: { authorization: `Bearer ${scene.environment.key}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: await answer.json() };
  };
  const refused = {
    status: 500,
    body: {
      code: 'secret_unreadable',
      detail:
        'A stored secret cannot be read: it is damaged, or sealed with an encryption key that this service does not have.',
    },
  };
  expect(await call('GET', `/endpoint/${id}/secret`)).toEqual(refused);
  expect(await call('GET', `/endpoint/${id}/headers`)).toEqual(refused);
  expect(await call('POST', '/msg', { eventType: 'a', payload: {}, eventId: 'one' })).toEqual(refused);
  for (const sdk of new Scene(wrong, scene.environment, scene.appId).sdks) {
    await expect(sdk.endpoint.getSecret(scene.appId, id)).rejects.toMatchObject({ code: 500 });
  }
  // What needs no secret goes on.
  expect((await call('GET', `/endpoint/${id}`)).status).toBe(200);
  const log = wrong.logs.join('');
  expect(log).toContain('The encryption key does not fit');
  for (const text of [SECRET.slice(6), 'top-secret', newer]) expect(log).not.toContain(text);
  await wrong.stop();

  const both = await start(`${newer},${home.encryptionKey}`);
  const restored = new Scene(both, scene.environment, scene.appId);
  const client = both.as(scene.environment.key);
  const params = { app_id: scene.appId, endpoint_id: id };
  expect(await unwrap(client.endpoint.getSecret({ params }))).toEqual({ key: SECRET });
  for (const sdk of restored.sdks) {
    expect((await sdk.endpoint.getSecret(scene.appId, id)).key).toBe(SECRET);
  }
  const message = await unwrap(
    client.message.create({
      params: { app_id: scene.appId },
      body: { eventType: 'a', payload: {}, eventId: 'one' },
    }),
  );
  const [request] = await receiver.waitFor(1);
  expect(idsOf(request ? [request] : [])).toEqual([message.id]);
  expect(request?.headers['x-team']).toBe('top-secret');
  await scene.close();
});
