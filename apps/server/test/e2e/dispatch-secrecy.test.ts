import { unwrap } from '@postrider/client';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../harness.js';
import { postText } from '../messages.js';
import type { Receiver } from '../receiver.js';
import { REACH_RECEIVERS, Scene } from '../scene.js';

const SECRET = `whsec_${Buffer.alloc(32, 'current-secret-').toString('base64')}`;
const OLD_SECRET = `whsec_${Buffer.alloc(32, 'old-secret-').toString('base64')}`;
const PRIVATE_SECRET =
  'whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==';
const HEADER_NAME = 'X-Very-Private-Name';
const HEADER_VALUE = 'very-private-value';

let server: TestServer;
let scene: Scene;
let receiver: Receiver;
beforeAll(async () => {
  server = await startServer({ ...REACH_RECEIVERS, POSTRIDER_RETRY_SCHEDULE: '10,10' });
});
afterAll(() => server.stop());
beforeEach(async () => {
  scene = await Scene.open(server);
  receiver = await scene.receiver();
});
afterEach(() => scene.close());

/** Everything that the service does with secrets and deliveries, good and bad, with what nobody else may read in it. */
async function exercise(): Promise<void> {
  const url = receiver.url.replace('http://', 'http://user-in-url:pass-in-url@');
  const headers = { [HEADER_NAME]: HEADER_VALUE, Authorization: 'Bearer header-token' };
  const { id: endpoint_id } = await scene.endpoint(url, { secret: OLD_SECRET, headers });
  await scene.endpoint(receiver, { secret: PRIVATE_SECRET });
  await scene.endpoint('http://10.0.0.1/hook?token=query-in-url');
  const params = { app_id: scene.appId, endpoint_id };
  await unwrap(scene.client.endpoint.rotateSecret({ params, body: { key: SECRET } }));
  for (const status of [500, 429, 200]) {
    receiver.reply = { status, body: 'answer-of-receiver', headers: { 'x-answer': 'header-of-answer' } };
    const text = `{"eventType":"a","payload":{"a":"body-of-message"},"transformationsParams":{"headers":{"x-m":"header-of-message"}}}`;
    const { body } = await postText(scene, text, {
      headers: { 'idempotency-key': `key-of-caller${status}` },
    });
    const { id: msg_id } = body as { id: string };
    await scene.recorded(msg_id, 3);
    await scene.client.messageAttempt.resend({ params: { ...params, msg_id } });
    await scene.recorded(msg_id, 4);
  }
  const raw = { payload: {}, transformationsParams: { rawPayload: 'raw-body-of-message' } };
  const { id } = await scene.send(raw);
  await scene.recorded(id, 3);
  receiver.reply = { status: 410, body: 'answer-of-receiver' };
  await scene.send(raw);
  await postText(scene, '{"eventType":"a","payload":"body-of-message"}');
  await postText(scene, '{"eventType":"a","payload":{"a":"body-of-message"', {});
  server.clock.advance(15);
  await expect.poll(async () => (await unwrap(scene.client.endpoint.get({ params }))).disabled).toBe(true);
}

const SECRETS = [SECRET, OLD_SECRET, PRIVATE_SECRET].map((text) => text.slice(text.indexOf('_') + 1));

describe('after deliveries of every kind', () => {
  it('the log holds no secret, header, address, body, answer, key or token', async () => {
    await exercise();
    const log = server.logs.join('');
    expect(log).toContain('"event":"attempt.made"');
    expect(log).toContain('"event":"message.accepted"');
    const private_ = [
      SECRETS,
      [HEADER_NAME, HEADER_VALUE, 'header-token', 'header-of-message', 'header-of-answer'],
      ['user-in-url', 'pass-in-url', 'query-in-url', new URL(receiver.url).host, '10.0.0.1'],
      ['body-of-message', 'answer-of-receiver', 'key-of-caller', scene.environment.key],
    ].flat();
    for (const text of private_) {
      expect(log).not.toContain(text);
      expect(log).not.toContain(JSON.stringify(text).slice(1, -1).toLowerCase());
    }
    expect(log).not.toMatch(/v1a?,[A-Za-z0-9+/]{20}/);
  });

  it('no table holds a secret, a header of an endpoint or a token that could be read', async () => {
    await exercise();
    const { kysely } = server.context.database;
    const { rows: tables } = await sql<{ name: string }>`
      select table_name as name from information_schema.tables where table_schema = 'public'`.execute(kysely);
    expect(tables.length).toBeGreaterThan(10);
    let dump = '';
    for (const { name } of tables) {
      const { rows } = await sql<{ row: string }>`select t::text as row from ${sql.table(name)} as t`.execute(
        kysely,
      );
      dump += rows.map((one) => one.row).join('\n');
    }
    // Bytes stand there in hexadecimal.
    const forms = (text: string) => [
      text,
      Buffer.from(text).toString('hex'),
      Buffer.from(text, 'base64').toString('hex'),
    ];
    expect(dump).toContain(forms('body-of-message')[0]);
    const hidden = [...SECRETS, HEADER_VALUE, 'header-token', scene.environment.key, 'key-of-caller'];
    for (const text of hidden) for (const form of forms(text)) expect(dump).not.toContain(form);
  });
});

describe('a secret that cannot be read', () => {
  it('keeps only its own endpoint from being served, until it can, and is not told in the log', async () => {
    const broken = await scene.endpoint(receiver, { secret: SECRET });
    const deliverAt = new Date(server.clock.now().getTime() + 61_000).toISOString();
    const stuck = await scene.send({ deliverAt });
    const other = await Scene.open(server);
    const healthy = await other.receiver();
    await other.endpoint(healthy);
    for (let n = 0; n < 5; n++) await other.send({ deliverAt });
    const { kysely } = server.context.database;
    const stored = await kysely
      .selectFrom('endpoint_secret')
      .select('secret')
      .where('endpoint_id', '=', broken.id)
      .executeTakeFirstOrThrow();
    const store = async (secret: Uint8Array) => {
      await kysely
        .updateTable('endpoint_secret')
        .set({ secret })
        .where('endpoint_id', '=', broken.id)
        .execute();
      await kysely
        .updateTable('application')
        .set({ revision: sql`revision + 1` })
        .where('id', '=', scene.appId)
        .execute();
    };
    await store(Buffer.from('garbage'));
    server.clock.advance(62);
    await healthy.waitFor(5);
    await other.settle();
    await other.send();
    await healthy.waitFor(6);
    expect(receiver.requests).toEqual([]);
    expect(server.logs.join('')).toContain('a delivery could not be made');
    await store(stored.secret);
    server.clock.advance(61);
    expect((await receiver.waitFor(1))[0]?.headers['svix-id']).toBe(stuck.id);
    expect(server.logs.join('')).not.toContain('garbage');
    await other.close();
  });
});
