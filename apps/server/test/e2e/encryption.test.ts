import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { resealAll } from '../../src/reseal.js';
import { createVault } from '../../src/signing/vault.js';
import { startServer, type TestEnvironment, type TestServer } from '../harness.js';

const [older, newer] = [randomBytes(32), randomBytes(32)];
let server: TestServer;
let environment: TestEnvironment;
beforeAll(async () => {
  server = await startServer({ POSTRIDER_ENCRYPTION_KEY: older.toString('base64') });
  environment = await server.createEnvironment();
});
afterAll(() => server.stop());

it('after a change of the encryption key everything is sealed anew, and the older key is needed no more', async () => {
  const params = { app_id: 'sealed' };
  await environment.client.application.create({ body: { name: 'Sealed', uid: 'sealed' } });
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  const made = await environment.client.endpoint.create({
    params,
    body: { url: 'https://example.com/hook', secret, headers: { 'x-team': 'red' } },
  });
  const { id } = made.body as { id: string };
  const sealedBytes = async () => {
    const { kysely } = server.context.database;
    const [one] = await kysely.selectFrom('endpoint_secret').select('secret').execute();
    const [two] = await kysely.selectFrom('endpoint').select('headers').execute();
    return [one?.secret, two?.headers] as [Uint8Array, Uint8Array];
  };
  const both = createVault({ current: newer, previous: [older] });
  const onlyNewer = createVault({ current: newer });
  const [before] = await sealedBytes();
  expect(() => onlyNewer.open(before, `endpoint secret ${id}`)).toThrow('encryption key');
  expect(await resealAll({ ...server.context, vault: both })).toBe(2);
  expect(await resealAll({ ...server.context, vault: both })).toBe(0);
  const [sealedSecret, sealedHeaders] = await sealedBytes();
  expect(onlyNewer.open(sealedSecret, `endpoint secret ${id}`).toString()).toBe(secret);
  expect(JSON.parse(onlyNewer.open(sealedHeaders, `endpoint headers ${id}`).toString())).toEqual({
    'x-team': 'red',
  });
});
