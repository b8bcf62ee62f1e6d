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

it('without the key that sealed it a secret is a 500 that says so; messages wait for it, and are sent with it', async () => {
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
  const between = new Scene(wrong, scene.environment, scene.appId);
  for (const sdk of between.sdks) {
    await expect(sdk.endpoint.getSecret(scene.appId, id)).rejects.toMatchObject({ code: 500 });
  }
  // A message is accepted all the same: the endpoint made since has it at once, for the other one it waits.
  const newcomer = await between.receiver();
  expect((await call('POST', '/endpoint', { url: newcomer.url })).status).toBe(201);
  const accepted = await call('POST', '/msg', { eventType: 'a', payload: {} });
  expect(accepted.status).toBe(202);
  const messageId = accepted.body.id;
  expect(idsOf(await newcomer.waitFor(1))).toEqual([messageId]);
  await expect.poll(() => wrong.logs.join('')).toContain('a delivery could not be made');
  expect(receiver.requests).toHaveLength(0);
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
  // What could not be signed was put off for a minute.
  both.clock.advance(60);
  const [request] = await receiver.waitFor(1);
  expect(idsOf(request ? [request] : [])).toEqual([messageId]);
  expect(request?.headers['x-team']).toBe('top-secret');
  expect(newcomer.requests).toHaveLength(1);
  await scene.close();
});
