import { unwrap } from '@postrider/client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../harness.js';
import { defineTypes, idsOf, postText } from '../messages.js';
import type { Receiver } from '../receiver.js';
import { REACH_RECEIVERS, Scene } from '../scene.js';

let server: TestServer;
let scene: Scene;
let receiver: Receiver;
beforeAll(async () => {
  server = await startServer(REACH_RECEIVERS);
});
afterAll(() => server.stop());
beforeEach(async () => {
  scene = await Scene.open(server);
  receiver = await scene.receiver();
});
afterEach(() => scene.close());

const path = (endpoint_id: string) => ({ params: { app_id: scene.appId, endpoint_id } });
const countOf = async () => {
  await scene.settle();
  return receiver.requests.length;
};

describe('an endpoint gets the messages', () => {
  it.each([
    // endpoint's types and channels, message's type and channels, does it get it?
    [undefined, undefined, 'a', undefined, true],
    [undefined, undefined, 'a', ['x'], true],
    [['a'], undefined, 'a', undefined, true],
    [['a', 'b'], undefined, 'b', ['x'], true],
    [['a'], undefined, 'b', undefined, false],
    [['a'], undefined, 'A', undefined, false],
    [['a'], undefined, 'a.b', undefined, false],
    [undefined, ['x', 'y'], 'a', undefined, false],
    [undefined, ['x', 'y'], 'a', ['y', 'z'], true],
    [undefined, ['x'], 'a', ['z'], false],
    [undefined, ['x'], 'a', ['X'], false],
    [['a'], ['x'], 'a', ['x'], true],
    [['a'], ['x'], 'a', ['y'], false],
    [['a'], ['x'], 'b', ['x'], false],
  ])(
    'of types %j and channels %j: type %s with channels %j is %s',
    async (types, own, type, channels, gets) => {
      await defineTypes(scene, 'a', 'b');
      await scene.endpoint(receiver, {
        ...(types === undefined ? {} : { eventTypes: types }),
        ...(own === undefined ? {} : { channels: own }),
      });
      await scene.send({ eventType: type, ...(channels === undefined ? {} : { channels }) });
      expect(await countOf()).toBe(gets ? 1 : 0);
    },
  );

  it('that each kind of client sends, to all who match and to nobody else', async () => {
    await defineTypes(scene, 'a', 'b');
    const others = [await scene.receiver(), await scene.receiver()];
    const [second, none] = others as [Receiver, Receiver];
    await scene.endpoint(receiver);
    await scene.endpoint(second, { eventTypes: ['b'], channels: ['x'] });
    await scene.endpoint(none, { eventTypes: ['a'], channels: ['x'] });
    const [one, two] = scene.sdks;
    const message = { eventType: 'b', payload: {}, channels: ['x'] };
    const ids = [
      (await one.message.create(scene.appId, message)).id,
      (await two.message.create(scene.appId, message)).id,
      (await scene.send(message)).id,
    ];
    await scene.settle();
    expect(idsOf(receiver.requests)).toEqual(ids);
    expect(idsOf(second.requests)).toEqual(ids);
    expect(none.requests).toEqual([]);
  });

  it('of an event type that is archived, or gone, as long as it listens to it', async () => {
    await defineTypes(scene, 'a', 'b');
    await scene.endpoint(receiver, { eventTypes: ['a', 'b'] });
    const { eventType } = scene.client;
    await unwrap(eventType.delete({ params: { event_type_name: 'a' }, query: {} }));
    await unwrap(eventType.delete({ params: { event_type_name: 'b' }, query: { expunge: true } }));
    const ids = [(await scene.send({ eventType: 'a' })).id, (await scene.send({ eventType: 'b' })).id];
    await scene.settle();
    expect(idsOf(receiver.requests)).toEqual(ids);
  });

  it('of the types that each filters by: the first goes to three, the second to two', async () => {
    await defineTypes(scene, 'et1', 'et2');
    const ids = new Map<string, string>();
    for (const [name, eventTypes] of [
      ['one', ['et1']],
      ['both', ['et1', 'et2']],
      ['all', null],
    ] as const) {
      ids.set((await scene.endpoint(receiver, { eventTypes: eventTypes as string[] | null })).id, name);
    }
    for (const svix of scene.sdks) {
      for (const [eventType, names] of [
        ['et1', ['all', 'both', 'one']],
        ['et2', ['all', 'both']],
      ] as const) {
        const { id } = await svix.message.create(scene.appId, { eventType, payload: {} });
        const attempts = await scene.recorded(id, names.length);
        expect(attempts.map((one) => ids.get(one.endpointId) ?? '').sort()).toEqual(names);
      }
    }
    await scene.settle();
    expect(receiver.requests).toHaveLength(2 * (3 + 2));
  });

  it('of a channel that one listens to and the other does not ask for: two with it, one without', async () => {
    const { id: tagged } = await scene.endpoint(receiver, { channels: ['tag1'] });
    const { id: plain } = await scene.endpoint(receiver);
    for (const svix of scene.sdks) {
      const message = { eventType: 'a', payload: {} };
      const one = await svix.message.create(scene.appId, { ...message, channels: ['tag1'] });
      const two = await svix.message.create(scene.appId, message);
      expect((await svix.message.get(scene.appId, one.id)).channels).toEqual(['tag1']);
      expect((await svix.message.get(scene.appId, two.id)).channels ?? null).toBeNull();
      const both = (await scene.recorded(one.id, 2)).map((attempt) => attempt.endpointId);
      expect(both.sort()).toEqual([tagged, plain].sort());
      expect(await scene.recorded(two.id, 1)).toMatchObject([{ endpointId: plain }]);
    }
    await scene.settle();
    expect(receiver.requests).toHaveLength(2 * (2 + 1));
  });

  it('that were sent while it was there', async () => {
    const { id } = await scene.send();
    await scene.endpoint(receiver);
    const { id: next } = await scene.send();
    expect(await countOf()).toBe(1);
    expect(idsOf(receiver.requests)).toEqual([next]);
    expect(await scene.attemptsOf(id)).toEqual([]);
  });
});

describe('a change counts for the next message', () => {
  it('of an endpoint that was made, for every one of many', async () => {
    const receivers: Receiver[] = [];
    for (let n = 1; n <= 10; n++) {
      receivers.push(await scene.receiver());
      await scene.endpoint(receivers.at(-1) as Receiver);
      await scene.send();
    }
    await scene.settle();
    expect(receivers.map((one) => one.requests.length)).toEqual([10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
  });

  it('of its filter', async () => {
    const { id } = await scene.endpoint(receiver);
    await scene.send();
    await unwrap(scene.client.endpoint.patch({ ...path(id), body: { channels: ['x'] } }));
    await scene.send();
    await unwrap(scene.client.endpoint.patch({ ...path(id), body: { channels: null } }));
    await scene.send();
    expect(await countOf()).toBe(2);
  });

  it.each([
    ['disabled', (id: string) => scene.client.endpoint.patch({ ...path(id), body: { disabled: true } })],
    ['deleted', (id: string) => scene.client.endpoint.delete(path(id))],
  ])('of one that is %s: it gets nothing', async (_name, close) => {
    const { id } = await scene.endpoint(receiver);
    await scene.send();
    await scene.settle();
    await close(id);
    const { id: next } = await scene.send();
    expect(await countOf()).toBe(1);
    expect(await scene.attemptsOf(next)).toEqual([]);
  });

  it('of one that is enabled again: it gets the next one', async () => {
    const { id } = await scene.endpoint(receiver, { disabled: true });
    await scene.send();
    await unwrap(scene.client.endpoint.patch({ ...path(id), body: { disabled: false } }));
    const { id: next } = await scene.send();
    expect(await countOf()).toBe(1);
    expect(idsOf(receiver.requests)).toEqual([next]);
  });

  it('while messages and changes come together, each as it was at its moment', async () => {
    const endpoints = await Promise.all([1, 2, 3].map(() => scene.endpoint(receiver)));
    const sent: string[] = [];
    await Promise.all([
      ...Array.from({ length: 40 }, async () => {
        sent.push((await scene.send()).id);
      }),
      ...endpoints.map(({ id }) =>
        scene.client.endpoint.patch({ ...path(id), body: { description: 'changed' } }),
      ),
    ]);
    expect(await countOf()).toBe(3 * 40);
    expect([...new Set(idsOf(receiver.requests))].sort()).toEqual([...sent].sort());
  });
});

describe('an application', () => {
  const uidOf = (uid: string | null) =>
    unwrap(scene.client.application.patch({ params: { app_id: scene.appId }, body: { uid } }));
  const post = (app: string) => postText(scene, '{"eventType":"a","payload":{}}', { app });

  it('that is deleted is 404, and nothing is sent', async () => {
    await uidOf('mine');
    await scene.endpoint(receiver);
    for (const app of ['mine', scene.appId]) expect((await post(app)).status).toBe(202);
    await scene.settle();
    await scene.client.application.delete({ params: { app_id: scene.appId } });
    for (const app of ['mine', scene.appId]) {
      expect(await post(app)).toEqual({
        status: 404,
        body: { code: 'not_found', detail: 'Application not found' },
      });
    }
    expect(await countOf()).toBe(2);
  });

  it('is not found by a uid that it had before', async () => {
    await uidOf('before');
    await scene.endpoint(receiver);
    expect((await post('before')).status).toBe(202);
    await uidOf('after');
    expect((await post('before')).status).toBe(404);
    expect((await post('after')).status).toBe(202);
    expect((await post('before')).status).toBe(404);
    await uidOf(null);
    expect((await post('after')).status).toBe(404);
    expect(await countOf()).toBe(2);
  });

  it('that takes over the uid of another gets the messages, and the other none', async () => {
    await uidOf('shared');
    await scene.endpoint(receiver);
    expect((await post('shared')).status).toBe(202);
    await uidOf(null);
    expect((await post(scene.appId)).status).toBe(202);
    const { id } = await unwrap(scene.client.application.create({ body: { name: 'Heir', uid: 'shared' } }));
    const heir = await scene.receiver();
    await unwrap(scene.client.endpoint.create({ params: { app_id: id }, body: { url: heir.url } }));
    expect((await post('shared')).status).toBe(202);
    await heir.waitFor(1);
    expect(await countOf()).toBe(2);
  });

  it('of another environment is not there', async () => {
    const other = await Scene.open(server);
    await other.endpoint(receiver);
    expect((await post(other.appId)).status).toBe(404);
    await other.settle();
    expect(receiver.requests).toEqual([]);
  });

  it('is made with its first message where that brings one, and ignored later', async () => {
    const application = '{"name":"Inline","uid":"inline"}';
    const text = `{"eventType":"a","payload":{},"application":${application}}`;
    for (let n = 0; n < 2; n++) expect((await postText(scene, text, { app: 'inline' })).status).toBe(202);
    const { body } = await scene.client.application.get({ params: { app_id: 'inline' } });
    expect(body).toMatchObject({ name: 'Inline', uid: 'inline' });
  });

  it('that comes with a message must have the uid of the path; without one the message is 404', async () => {
    const { appId, client } = scene;
    const message = { eventType: 'a', payload: {} };
    const send = (app_id: string, application?: { name: string; uid?: string }) =>
      client.message.create({
        params: { app_id },
        body: { ...message, ...(application && { application }) },
      });
    const refusal = (type: string, msg: string) => ({
      status: 422,
      body: { detail: [{ loc: ['body', 'application', 'uid'], msg, type }] },
    });
    expect(await send('new')).toMatchObject({ status: 404, body: { code: 'not_found' } });
    expect(await send('new', { name: 'A' })).toMatchObject(
      refusal('application_uid_missing', 'Application UID not set in body'),
    );
    expect(await send('new', { name: 'A', uid: 'other' })).toMatchObject(
      refusal('application_uid_mismatch', 'Application UID in the path and body must match'),
    );
    for (const name of ['new', 'other']) {
      expect((await client.application.get({ params: { app_id: name } })).status).toBe(404);
    }
    const [one, two] = scene.sdks;
    const application = { name: 'By an SDK', uid: 'new' };
    const first = await one.message.create('new', { ...message, application });
    const second = await two.message.create('new', {
      ...message,
      application: { ...application, name: 'Later' },
    });
    const { data } = await unwrap(client.message.list({ params: { app_id: 'new' } }));
    expect(data.map(({ id }) => id).sort()).toEqual([first.id, second.id].sort());
    const { name } = await unwrap(client.application.get({ params: { app_id: 'new' } }));
    expect(name).toBe('By an SDK');
    expect(await unwrap(client.application.get({ params: { app_id: appId } }))).toMatchObject({ id: appId });
  });
});
