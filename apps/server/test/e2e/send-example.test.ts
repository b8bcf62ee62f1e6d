import { unwrap } from '@postrider/client';
import type { EndpointOut, MessageOut } from '@postrider/contract';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../harness.js';
import type { Receiver } from '../receiver.js';
import { REACH_RECEIVERS, Scene } from '../scene.js';
import { openSession } from '../sessions.js';

let server: TestServer;
let scene: Scene;
let receiver: Receiver;
let endpoint: EndpointOut;
beforeAll(async () => {
  server = await startServer({ ...REACH_RECEIVERS, POSTRIDER_RETRY_SCHEDULE: '3600' });
});
afterAll(() => server.stop());
beforeEach(async () => {
  scene = await Scene.open(server);
  receiver = await scene.receiver();
  endpoint = await scene.endpoint(receiver, { channels: ['other'] });
});
afterEach(() => scene.close());

type Body = Parameters<Scene['client']['endpoint']['sendExample']>[0]['body'];
const at = (endpoint_id = endpoint.id) => ({ params: { app_id: scene.appId, endpoint_id } });
const sendExample = (body: Body, endpointId?: string) =>
  scene.client.endpoint.sendExample({ ...at(endpointId), body });
const sent = (body: Body): Promise<MessageOut> =>
  unwrap(scene.client.endpoint.sendExample({ ...at(), body }));
const define = (name: string, schemas: Record<string, unknown> | null, featureFlags?: string[]) =>
  unwrap(
    scene.client.eventType.create({
      body: { name, description: '', schemas: schemas as never, ...(featureFlags ? { featureFlags } : {}) },
    }),
  );
const examples = (...list: unknown[]) => ({ '1': { type: 'object', examples: list } });

describe('send example', () => {
  it('svix.ping needs no definition and is a message like others', async () => {
    const { status, body } = await sendExample({ eventType: 'svix.ping' });
    expect(status).toBe(202);
    expect(body).toMatchObject({ eventType: 'svix.ping', eventId: null, payload: {}, channels: null });
    const { id } = body as MessageOut;
    const [request] = await receiver.waitFor(1);
    expect(request?.body).toBe('{"success": true}');
    expect(request?.headers['svix-id']).toBe(id);
    const message = await scene.client.message.get({ params: { app_id: scene.appId, msg_id: id } });
    expect(message.body).toMatchObject({ payload: { success: true } });
    expect(await scene.recorded(id, 1)).toMatchObject([{ status: 0, triggerType: 1 }]);
  });

  it('only that endpoint gets it, whatever it listens to', async () => {
    const other = await scene.receiver();
    await scene.endpoint(other);
    const { id } = await sent({ eventType: 'svix.ping' });
    await scene.recorded(id, 1);
    await scene.settle();
    expect([receiver.requests.length, other.requests.length]).toEqual([1, 0]);
  });

  it('sends the example of the schema that is asked for, also of an archived type', async () => {
    await define('invoice.paid', examples({ n: 1 }, { n: 2 }));
    await sent({ eventType: 'invoice.paid' });
    expect((await receiver.waitFor(1))[0]?.body).toBe('{"n":1}');
    await scene.client.eventType.delete({ params: { event_type_name: 'invoice.paid' } });
    await sent({ eventType: 'invoice.paid', exampleIndex: 1 });
    expect((await receiver.waitFor(2))[1]?.body).toBe('{"n":2}');
  });

  it('sends the payload that is given, letter by letter', async () => {
    await define('plain', null);
    const answer = await fetch(
      `${server.url}/api/v1/app/${scene.appId}/endpoint/${endpoint.id}/send-example`,
      {
        method: 'POST',
        headers: { authorization: `Bearer ${scene.environment.key}` },
        body: '{"eventType":"plain","payload":{ "x": 1.0 }}',
      },
    );
    expect(answer.status).toBe(202);
    expect((await receiver.waitFor(1))[0]?.body).toBe('{ "x": 1.0 }');
    await sent({ eventType: 'svix.ping', payload: { own: 1 } });
    expect((await receiver.waitFor(2))[1]?.body).toBe('{"own":1}');
  });

  it('is not tried again when it fails', async () => {
    receiver.reply = { status: 500 };
    const { id } = await sent({ eventType: 'svix.ping' });
    await scene.recorded(id, 1);
    await scene.settle();
    const query = { status: 2 } as const;
    const failed = await scene.client.messageAttempt.listAttemptedMessages({ ...at(), query });
    expect(failed.body).toMatchObject({ data: [{ id, status: 2 }] });
  });

  it('is sent once for one idempotency key', async () => {
    const call = { ...at(), body: { eventType: 'svix.ping' }, headers: { 'idempotency-key': 'once' } };
    const [first, second] = [
      await scene.client.endpoint.sendExample(call),
      await scene.client.endpoint.sendExample(call),
    ];
    expect(second.body).toEqual(first.body);
    await scene.recorded((first.body as MessageOut).id, 1);
    expect(receiver.requests).toHaveLength(1);
  });

  it('a disabled endpoint gets nothing, and the message is there', async () => {
    await unwrap(scene.client.endpoint.patch({ ...at(), body: { disabled: true } }));
    const { id } = await sent({ eventType: 'svix.ping' });
    await scene.settle();
    expect(receiver.requests).toEqual([]);
    expect((await scene.client.message.get({ params: { app_id: scene.appId, msg_id: id } })).status).toBe(
      200,
    );
  });
});

describe('refusals', () => {
  it('an unknown event type or endpoint is 404', async () => {
    expect((await sendExample({ eventType: 'unknown' })).status).toBe(404);
    expect((await sendExample({ eventType: 'unknown', payload: { a: 1 } })).status).toBe(404);
    expect((await sendExample({ eventType: 'svix.ping' }, 'unknown')).status).toBe(404);
  });

  it.each([
    ['no schema', null, 0],
    ['no example', { '1': { type: 'object' } }, 0],
    ['an example that is no object', { '1': { examples: ['text'] } }, 0],
    ['fewer examples', examples({ n: 1 }), 1],
  ])('an event type with %s is 400', async (_what, schemas, exampleIndex) => {
    await define('a', schemas);
    expect(await sendExample({ eventType: 'a', exampleIndex })).toMatchObject({
      status: 400,
      body: { code: 'invalid_scheme', detail: 'Unable to generate example message from event-type schema' },
    });
    expect(receiver.requests).toEqual([]);
  });

  it('what cannot be read is 422', async () => {
    for (const body of [{}, { eventType: 'a b' }, { eventType: 'svix.ping', payload: [] }]) {
      expect((await sendExample(body as Body)).status).toBe(422);
    }
  });

  it('a portal session needs the capability, and sees only what its flags allow', async () => {
    await define('hidden', examples({ n: 1 }), ['beta']);
    const open = (capabilities: ('ViewBase' | 'CreateAttempts')[], featureFlags: string[]) =>
      openSession(server, scene.environment, scene.appId, { capabilities, featureFlags });
    const call = { ...at(), body: { eventType: 'hidden' } };
    const viewer = await open(['ViewBase'], ['beta']);
    expect((await viewer.endpoint.sendExample(call)).status).toBe(403);
    const plain = await open(['ViewBase', 'CreateAttempts'], ['other']);
    expect((await plain.endpoint.sendExample(call)).status).toBe(404);
    const tester = await open(['ViewBase', 'CreateAttempts'], ['beta']);
    expect((await tester.endpoint.sendExample(call)).status).toBe(202);
    await receiver.waitFor(1);
  });
});
