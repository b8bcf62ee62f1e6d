import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { unwrap } from '@postrider/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../harness.js';
import type { Receiver } from '../receiver.js';
import { REACH_RECEIVERS, Scene } from '../scene.js';

// How official SDKs of other languages put their calls (spec: wire behaviour, section 11.4), byte for byte.
let server: TestServer;
let scene: Scene;
let receiver: Receiver;
beforeAll(async () => {
  server = await startServer(REACH_RECEIVERS);
  scene = await Scene.open(server);
  receiver = await scene.receiver();
});
afterAll(async () => {
  await scene.close();
  await server.stop();
});

interface Answer {
  readonly status: number | undefined;
  readonly body: string;
}

/** A POST with these headers and no others; without a body it is chunked and has none of its chunks. */
const post = (path: string, headers: Record<string, string>, body?: string): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const call = request(`${server.url}/api/v1${path}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${scene.environment.key}`,
        'transfer-encoding': 'chunked',
        ...headers,
      },
    });
    call.on('error', reject);
    call.on('response', (response) => {
      text(response).then((answered) => resolve({ status: response.statusCode, body: answered }), reject);
    });
    call.end(body);
  });

describe('a POST as Go sends it: chunked, with nothing, and no content type', () => {
  it('resends', async () => {
    const endpoint = await scene.endpoint(receiver);
    const { id } = await scene.send();
    await receiver.waitFor(1);
    await scene.settle();
    const answer = await post(`/app/${scene.appId}/msg/${id}/endpoint/${endpoint.id}/resend`, {});
    expect(answer).toEqual({ status: 202, body: '{}' });
    await receiver.waitFor(2);
  });

  it('rotates a secret', async () => {
    const endpoint = await scene.endpoint(receiver);
    const params = { app_id: scene.appId, endpoint_id: endpoint.id };
    const before = await unwrap(scene.client.endpoint.getSecret({ params }));
    const answer = await post(`/app/${scene.appId}/endpoint/${endpoint.id}/secret/rotate`, {});
    expect(answer).toEqual({ status: 204, body: '' });
    expect(await unwrap(scene.client.endpoint.getSecret({ params }))).not.toEqual(before);
  });
});

it('a body without a content type is read, as Kotlin sends it', async () => {
  const answer = await post('/app', {}, JSON.stringify({ name: 'no type' }));
  expect(answer.status).toBe(201);
  expect(JSON.parse(answer.body)).toMatchObject({ name: 'no type' });
});

it('an empty payload beside a raw one gives way to it, as Java and Kotlin send both', async () => {
  const raw = '{"raw":  true}';
  const message = {
    eventType: 'a',
    payload: {},
    transformationsParams: { rawPayload: raw },
  };
  const other = await scene.receiver();
  await scene.endpoint(other);
  const answer = await post(`/app/${scene.appId}/msg`, {}, JSON.stringify(message));
  expect(answer.status).toBe(202);
  await other.waitFor(1);
  expect(other.requests[0]?.body).toBe(raw);
  const params = { app_id: scene.appId, msg_id: (JSON.parse(answer.body) as { id: string }).id };
  expect((await unwrap(scene.client.message.get({ params, query: { with_content: true } }))).payload).toEqual(
    {
      raw: true,
    },
  );
});
