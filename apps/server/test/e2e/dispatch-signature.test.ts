import { createHash, createHmac, createPublicKey, verify } from 'node:crypto';
import { unwrap, Webhook } from '@postrider/client';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { Webhook as WebhookV2 } from 'svix';
import { Webhook as WebhookV1 } from 'svix-v1';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../harness.js';
import type { Received, Receiver } from '../receiver.js';
import { REACH_RECEIVERS, Scene } from '../scene.js';

let server: TestServer;
let scene: Scene;
let receiver: Receiver;
beforeAll(async () => {
  server = await startServer({ ...REACH_RECEIVERS, POSTRIDER_RETRY_SCHEDULE: '10' });
});
afterAll(() => server.stop());
beforeEach(async () => {
  scene = await Scene.open(server);
  receiver = await scene.receiver();
});
afterEach(() => scene.close());

const hmacSecret = (name: string, length = 24) =>
  `whsec_${createHash('sha512').update(name).digest().subarray(0, length).toString('base64')}`;
const ED25519_SECRET =
  'whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==';
const ED25519_PUBLIC = 'whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=';

const headersOf = (request: Received) => request.headers as Record<string, string>;
const signaturesOf = (request: Received) => (headersOf(request)['svix-signature'] ?? '').split(' ');
const signedText = (request: Received) => {
  const { 'svix-id': id, 'svix-timestamp': timestamp } = headersOf(request);
  return `${id}.${timestamp}.${request.body}`;
};
const hmacOf = (secret: string, request: Received) =>
  `v1,${createHmac('sha256', Buffer.from(secret.slice(6), 'base64'))
    .update(signedText(request))
    .digest('base64')}`;
const isSignedBy = (publicKey: string, request: Received, signature: string | undefined) => {
  const der = Buffer.concat([
    Buffer.from('302a300506032b6570032100', 'hex'),
    Buffer.from(publicKey.slice(5), 'base64'),
  ]);
  const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
  const [version, base64 = ''] = signature?.split(',') ?? [];
  return (
    version === 'v1a' && verify(null, Buffer.from(signedText(request)), key, Buffer.from(base64, 'base64'))
  );
};

const rotate = (endpoint_id: string, key: string, gracePeriodSeconds?: number) =>
  scene.client.endpoint.rotateSecret({
    params: { app_id: scene.appId, endpoint_id },
    body: { key, ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }) },
  });
const secretOf = async (endpoint_id: string) =>
  (await unwrap(scene.client.endpoint.getSecret({ params: { app_id: scene.appId, endpoint_id } }))).key;
/** Sends a message and gives the request that it came as. */
const nextRequest = async () => {
  const count = receiver.requests.length;
  await scene.send();
  return (await receiver.waitFor(count + 1))[count] as Received;
};

describe('with the secret of the endpoint', () => {
  it('every verifier takes the message, and none takes another body, time or id', async () => {
    const { id } = await scene.endpoint(receiver);
    const secret = await secretOf(id);
    const [one, two] = scene.sdks;
    await one.message.create(scene.appId, { eventType: 'a', payload: { by: 'svix 1.99', odd: 'é😀' } });
    await two.message.create(scene.appId, { eventType: 'a', payload: { by: 'svix 2' } });
    await scene.send({ payload: { by: 'client' } });
    for (const request of await receiver.waitFor(3)) {
      const headers = headersOf(request);
      const plain = Object.fromEntries(
        ['id', 'timestamp', 'signature'].map((part) => [`webhook-${part}`, headers[`svix-${part}`] ?? '']),
      );
      const payload = JSON.parse(request.body) as unknown;
      const verifiers: [string, (body: string, headers: Record<string, string>) => unknown, object][] = [
        ['client', (body, given) => new Webhook(secret).verify(body, given), headers],
        ['svix 1.99', (body, given) => new WebhookV1(secret).verify(body, given), headers],
        ['svix 2', (body, given) => new WebhookV2(secret).verify(body, given), headers],
        ['standardwebhooks', (body, given) => new StandardWebhook(secret).verify(body, given), plain],
      ];
      for (const [name, check, given] of verifiers) {
        const sent = given as Record<string, string>;
        expect(check(request.body, sent), name).toEqual(payload);
        expect(() => check(`${request.body} `, sent), name).toThrow();
        for (const part of ['id', 'timestamp']) {
          const key = Object.keys(sent).find((header) => header.endsWith(`-${part}`)) ?? '';
          expect(() => check(request.body, { ...sent, [key]: '1' }), `${name} ${part}`).toThrow();
        }
      }
    }
  });

  it('a raw payload is signed as it is sent', async () => {
    const { id } = await scene.endpoint(receiver);
    await scene.send({ payload: {}, transformationsParams: { rawPayload: '<é/>' } });
    const request = (await receiver.waitFor(1))[0] as Received;
    expect(signaturesOf(request)).toEqual([hmacOf(await secretOf(id), request)]);
  });

  it('every attempt has the same id and a timestamp of its own', async () => {
    const secret = hmacSecret('a');
    await scene.endpoint(receiver, { secret });
    receiver.reply = { status: 500 };
    const message = await scene.send();
    const [attempt] = await scene.recorded(message.id, 1);
    receiver.reply = { status: 200 };
    server.clock.advance(12);
    const [one, two] = (await receiver.waitFor(2)) as [Received, Received];
    for (const request of [one, two]) {
      expect(request.headers['svix-id']).toBe(message.id);
      expect(signaturesOf(request)).toEqual([hmacOf(secret, request)]);
    }
    expect(one.headers['svix-timestamp']).toBe(
      String(Math.floor(Date.parse(attempt?.timestamp ?? '') / 1000)),
    );
    const apart = Number(two.headers['svix-timestamp']) - Number(one.headers['svix-timestamp']);
    expect(apart).toBeGreaterThanOrEqual(8);
  });
});

describe('rotation', () => {
  it('both secrets sign through the grace, the new one first; then the new one alone', async () => {
    const [old, fresh] = [hmacSecret('old'), hmacSecret('new', 64)];
    const { id } = await scene.endpoint(receiver, { secret: old });
    const before = await nextRequest();
    expect(signaturesOf(before)).toEqual([hmacOf(old, before)]);
    await rotate(id, fresh, 60);
    const during = await nextRequest();
    expect(signaturesOf(during)).toEqual([hmacOf(fresh, during), hmacOf(old, during)]);
    for (const secret of [old, fresh]) {
      expect(new WebhookV1(secret).verify(during.body, headersOf(during))).toEqual({ n: 1 });
      expect(new WebhookV2(secret).verify(during.body, headersOf(during))).toEqual({ n: 1 });
      expect(new Webhook(secret).verify(during.body, headersOf(during))).toEqual({ n: 1 });
    }
    server.clock.advance(61);
    const after = await nextRequest();
    expect(signaturesOf(after)).toEqual([hmacOf(fresh, after)]);
  });

  it('without grace the old secret is gone at once', async () => {
    const [old, fresh] = [hmacSecret('old'), hmacSecret('new')];
    const { id } = await scene.endpoint(receiver, { secret: old });
    await nextRequest();
    await rotate(id, fresh, 0);
    const request = await nextRequest();
    expect(signaturesOf(request)).toEqual([hmacOf(fresh, request)]);
  });

  it('twice in a row has three signatures, those that end first before the others', async () => {
    const secrets = ['one', 'two', 'three'].map((name) => hmacSecret(name, 32));
    const [one, two, three] = secrets as [string, string, string];
    const { id } = await scene.endpoint(receiver, { secret: one });
    await rotate(id, two);
    await rotate(id, three, 60);
    const request = await nextRequest();
    expect(signaturesOf(request)).toEqual([three, two, one].map((secret) => hmacOf(secret, request)));
    for (const secret of secrets) {
      expect(new WebhookV2(secret).verify(request.body, headersOf(request))).toEqual({ n: 1 });
    }
  });

  it('may mix HMAC and ed25519', async () => {
    const [short, long] = [hmacSecret('short'), hmacSecret('long', 64)];
    const { id } = await scene.endpoint(receiver, { secret: short });
    await rotate(id, ED25519_SECRET, 300);
    await rotate(id, long, 600);
    const request = await nextRequest();
    const [first, second, third] = signaturesOf(request);
    expect(first).toBe(hmacOf(long, request));
    expect(second).toBe(hmacOf(short, request));
    expect(isSignedBy(ED25519_PUBLIC, request, third)).toBe(true);
    expect(new WebhookV2(short).verify(request.body, headersOf(request))).toEqual({ n: 1 });
    expect(await new Webhook(ED25519_PUBLIC).verifyAsync(request.body, headersOf(request))).toEqual({ n: 1 });
  });
});

describe('settings of the service', () => {
  const moveTo = async (other: TestServer) => {
    await scene.close();
    scene = await Scene.open(other);
    receiver = await scene.receiver();
  };

  it('ed25519 as the usual kind makes endpoints that sign with it', async () => {
    const other = await startServer({ ...REACH_RECEIVERS, POSTRIDER_DEFAULT_SIGNATURE_TYPE: 'ed25519' });
    try {
      await moveTo(other);
      const { id } = await scene.endpoint(receiver);
      const key = await secretOf(id);
      expect(key).toMatch(/^whpk_/);
      const request = await nextRequest();
      expect(signaturesOf(request)).toHaveLength(1);
      expect(isSignedBy(key, request, signaturesOf(request)[0])).toBe(true);
      expect(await new Webhook(key).verifyAsync(request.body, headersOf(request))).toEqual({ n: 1 });
    } finally {
      await other.stop();
    }
  });

  it('white label sends webhook-* headers and no svix-* ones', async () => {
    const other = await startServer({ ...REACH_RECEIVERS, POSTRIDER_WHITELABEL_HEADERS: 'true' });
    try {
      await moveTo(other);
      const { id } = await scene.endpoint(receiver);
      const secret = await secretOf(id);
      const headers = headersOf(await nextRequest());
      expect(Object.keys(headers).filter((name) => name.startsWith('svix'))).toEqual([]);
      expect(headers['webhook-id']).toMatch(/^msg_/);
      for (const library of [Webhook, WebhookV1, WebhookV2, StandardWebhook]) {
        expect(new library(secret).verify('{"n":1}', headers)).toEqual({ n: 1 });
      }
    } finally {
      await other.stop();
    }
  });
});
