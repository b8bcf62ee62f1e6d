import { Svix as SvixV2 } from 'svix';
import { Svix as SvixV1 } from 'svix-v1';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.js';
import { startServer, type TestServer } from '../harness.js';
import { Scene } from '../scene.js';

let server: TestServer;
let scene: Scene;
beforeAll(async () => {
  server = await startServer({
    POSTRIDER_MAX_ENDPOINTS: '3',
    POSTRIDER_MAX_PAYLOAD_BYTES: '30',
    POSTRIDER_MAX_CHANNELS: '2',
  });
});
afterAll(() => server.stop());
beforeEach(async () => {
  scene = await Scene.open(server);
});
afterEach(() => scene.close());

const url = 'https://example.invalid/hook';
type Input = Record<string, unknown>;
const create = (body: Input = {}) =>
  scene.client.endpoint.create({ params: { app_id: scene.appId }, body: { url, ...body } });
const upsert = (endpoint_id: string, body: Input = {}) =>
  scene.client.endpoint.upsert({ params: { app_id: scene.appId, endpoint_id }, body: { url, ...body } });
const patch = (endpoint_id: string, body: Input) =>
  scene.client.endpoint.patch({ params: { app_id: scene.appId, endpoint_id }, body });
const send = (body: Input) =>
  scene.client.message.create({
    params: { app_id: scene.appId },
    body: { eventType: 'a', payload: {}, ...body } as never,
  });
const reached = {
  status: 400,
  body: { code: 'limit_reached', detail: 'An application can have at most 3 endpoints.' },
};
const count = async () => {
  const { body } = await scene.client.endpoint.list({ params: { app_id: scene.appId } });
  return (body as { data: unknown[] }).data.length;
};

describe('POSTRIDER_MAX_ENDPOINTS', () => {
  it('holds when many are made at once, by POST and by PUT', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) => (n % 2 === 0 ? create({ uid: `e${n}` }) : upsert(`u${n}`))),
    );
    expect(answers.map((one) => one.status).sort((a, b) => a - b)).toEqual([
      201, 201, 201, 400, 400, 400, 400, 400, 400, 400,
    ]);
    expect(await count()).toBe(3);
    for (const answer of [await create(), await upsert('another')]) expect(answer).toMatchObject(reached);
  });

  it('counts disabled ones, lets those that are there be changed, and one that is deleted makes room', async () => {
    for (const uid of ['a', 'b', 'c'])
      expect((await create({ uid, disabled: uid === 'a' })).status).toBe(201);
    expect(await create()).toMatchObject(reached);
    expect((await upsert('b', { uid: 'b' })).status).toBe(200);
    expect((await patch('c', { disabled: true })).status).toBe(200);
    const params = { app_id: scene.appId, endpoint_id: 'a' };
    await scene.client.endpoint.delete({ params });
    expect((await create()).status).toBe(201);
    expect(await create()).toMatchObject(reached);
  });

  it("does not count the operator's own, which get operational webhooks", async () => {
    const { operationalWebhookEndpoint } = scene.client;
    for (let n = 0; n < 4; n++) {
      expect((await operationalWebhookEndpoint.create({ body: { url } })).status).toBe(201);
    }
    const made = await operationalWebhookEndpoint.upsert({ params: { endpoint_id: 'new' }, body: { url } });
    expect(made.status).toBe(200);
    for (let n = 0; n < 3; n++) expect((await create()).status).toBe(201);
    expect(await create()).toMatchObject(reached);
  });

  it('counts each application for itself', async () => {
    for (let n = 0; n < 3; n++) await create();
    scene = await Scene.open(server);
    expect((await create()).status).toBe(201);
  });

  it.each([
    ['svix 1.99', SvixV1],
    ['svix 2', SvixV2],
  ])('%s reads the refusal', async (_name, Svix) => {
    for (let n = 0; n < 3; n++) await create();
    const svix = new Svix(scene.environment.key, { serverUrl: server.url });
    await expect(svix.endpoint.create(scene.appId, { url })).rejects.toMatchObject({
      code: 400,
      body: { code: 'limit_reached' },
    });
  });
});

describe('POSTRIDER_MAX_PAYLOAD_BYTES', () => {
  // `{"t":"…"}` has eight bytes around its text.
  it.each([
    ['letters', 'a'.repeat(22), 'a'.repeat(23)],
    ['characters of three bytes', '€'.repeat(7), '€'.repeat(8)],
    ['characters of four bytes', '😀'.repeat(5), '😀'.repeat(6)],
  ])('counts the bytes of %s', async (_name, fits, doesNot) => {
    expect((await send({ payload: { t: fits } })).status).toBe(202);
    expect(await send({ payload: { t: doesNot }, eventId: 'refused' })).toMatchObject({
      status: 413,
      body: { code: 'payload_too_large' },
    });
    const params = { app_id: scene.appId, msg_id: 'refused' };
    expect((await scene.client.message.get({ params })).status).toBe(404);
  });

  it('counts a raw payload, and the payload of an example', async () => {
    const raw = (rawPayload: string) => send({ transformationsParams: { rawPayload } });
    expect((await raw('x'.repeat(30))).status).toBe(202);
    expect((await raw('x'.repeat(31))).status).toBe(413);
    await create({ uid: 'e' });
    const example = (text: string) =>
      scene.client.endpoint.sendExample({
        params: { app_id: scene.appId, endpoint_id: 'e' },
        body: { eventType: 'svix.ping', payload: { t: text } },
      });
    expect((await example('a')).status).toBe(202);
    expect((await example('a'.repeat(40))).status).toBe(413);
  });
});

describe('POSTRIDER_MAX_CHANNELS', () => {
  it('limits messages and endpoints', async () => {
    const [fits, doesNot] = [
      ['a', 'b'],
      ['a', 'b', 'c'],
    ];
    expect((await send({ channels: fits })).status).toBe(202);
    expect((await create({ uid: 'e', channels: fits })).status).toBe(201);
    const refusals = [
      await send({ channels: doesNot }),
      await create({ channels: doesNot }),
      await upsert('e', { channels: doesNot }),
      await patch('e', { channels: doesNot }),
    ];
    for (const refusal of refusals) {
      expect(refusal).toMatchObject({
        status: 422,
        body: {
          detail: [
            {
              loc: ['body', 'channels'],
              msg: 'Channels must have at least 1 and at most 2 items, or be set to null.',
            },
          ],
        },
      });
    }
  });
});

describe('the settings', () => {
  it('limit nothing more than the API does unless they are set', () => {
    for (const value of [undefined, '']) {
      const set = value === undefined ? {} : { POSTRIDER_MAX_ENDPOINTS: '', POSTRIDER_MAX_CHANNELS: '' };
      expect(readConfig(set).limits).toMatchObject({
        apiRequestsPerSecond: undefined,
        endpointsPerApplication: undefined,
        payloadBytes: undefined,
        channels: 10,
      });
    }
  });

  it.each([
    ['POSTRIDER_MAX_ENDPOINTS', '0'],
    ['POSTRIDER_MAX_ENDPOINTS', 'many'],
    ['POSTRIDER_MAX_PAYLOAD_BYTES', '67108865'],
    ['POSTRIDER_MAX_CHANNELS', '11'],
    ['POSTRIDER_API_RATE_LIMIT', '-1'],
  ])('%s=%s is refused by name', (name, value) => {
    expect(() => readConfig({ [name]: value })).toThrow(`${name} must be a whole number`);
  });
});
