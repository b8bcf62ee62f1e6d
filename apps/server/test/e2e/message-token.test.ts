import { type Client, unwrap } from '@postrider/client';
import type { ApiTokenOut } from '@postrider/contract';
import { Svix as SvixV2 } from 'svix';
import { Svix as SvixV1 } from 'svix-v1';
import { describe, expect, it } from 'vitest';
import { Owner } from '../owner.js';
import { openSession } from '../sessions.js';

const own = Owner.use(async ({ client }) => {
  for (const uid of ['a', 'b']) await client.application.create({ body: { name: uid, uid } });
});
const keys = () => own.environment.client.management.authentication;
const one = (id: string) => ({ params: { env_id: own.environment.id, key_id: id } });

describe('a message token', () => {
  const body = { eventType: 'invoice.paid', payload: {} };
  const makeToken = (expiry?: number) =>
    unwrap(
      own.environment.client.authentication.createMessageToken({
        params: { app_id: 'a' },
        body: { name: 'Device', ...(expiry === undefined ? {} : { expiry }) },
      }),
    );

  it('creates messages in its application, by id and uid, with both SDKs, and nothing else', async () => {
    const { token, scopes, expiresAt } = await makeToken();
    expect({ scopes, expiresAt }).toEqual({ scopes: ['message:create'], expiresAt: null });
    expect(token).toMatch(/^sk_msg_[0-9A-Za-z]{32}$/);
    const client = own.server.as(token);
    const { id } = await unwrap(own.environment.client.application.get({ params: { app_id: 'a' } }));
    for (const app_id of ['a', id]) {
      expect((await client.message.create({ params: { app_id }, body })).status).toBe(202);
    }
    for (const svix of [
      new SvixV1(token, { serverUrl: own.server.url }),
      new SvixV2(token, { serverUrl: own.server.url }),
    ]) {
      expect((await svix.message.create('a', body)).eventType).toBe('invoice.paid');
    }
    expect((await client.message.create({ params: { app_id: 'b' }, body })).status).toBe(404);
    const inline = { application: { name: 'new', uid: 'new' } };
    const made = await client.message.create({ params: { app_id: 'new' }, body: { ...body, ...inline } });
    expect(made.status).toBe(404);
    expect((await own.environment.client.application.get({ params: { app_id: 'new' } })).status).toBe(404);
    expect((await client.message.list({ params: { app_id: 'a' } })).status).toBe(403);
    expect((await client.application.get({ params: { app_id: 'b' } })).status).toBe(403);
    expect(await unwrap(client.portalSession.whoami())).toMatchObject({ appId: id });
  });

  it('follows its application, not the uid', async () => {
    const { token } = await makeToken();
    const client = own.server.as(token);
    expect((await client.message.create({ params: { app_id: 'a' }, body })).status).toBe(202);
    // The token is remembered with the former uid, which is another's by now.
    await own.environment.client.application.patch({ params: { app_id: 'a' }, body: { uid: 'former-a' } });
    await own.environment.client.application.patch({ params: { app_id: 'b' }, body: { uid: 'a' } });
    await client.message.create({ params: { app_id: 'a' }, body });
    const inB = await unwrap(own.environment.client.message.list({ params: { app_id: 'a' } }));
    expect(inB.data).toEqual([]);
  });

  it('ends when its time is over, when it is ended as a key, and with its application', async () => {
    const [short, ended, orphan] = [await makeToken(60), await makeToken(), await makeToken()];
    const status = async ({ token }: ApiTokenOut) =>
      (await own.server.as(token).message.create({ params: { app_id: 'a' }, body })).status;
    for (const token of [short, ended, orphan]) expect(await status(token)).toBe(202);
    const listed = await unwrap(keys().getApiToken(one(ended.id)));
    expect(listed.censoredToken).toMatch(/^sk_msg_…/);
    await keys().expireApiToken({ ...one(ended.id), body: {} });
    own.server.clock.advance(1);
    expect([await status(short), await status(ended)]).toEqual([202, 401]);
    own.server.clock.advance(60);
    expect([await status(short), await status(orphan)]).toEqual([401, 202]);
    await own.environment.client.application.delete({ params: { app_id: 'a' } });
    own.server.clock.advance(1);
    expect(await status(orphan)).toBe(401);
  });

  it('has scopes that cannot be changed', async () => {
    const { id } = await makeToken();
    const answer = await keys().patchApiToken({
      ...one(id),
      body: { scopes: ['environment'] },
    });
    expect(answer).toMatchObject({ status: 422, body: { detail: [{ loc: ['body', 'scopes'] }] } });
  });

  it('is made by an environment key, for an application of its own', async () => {
    const call = (client: Client, body: { name: string; expiry?: number } = { name: 'x' }) =>
      client.authentication.createMessageToken({ params: { app_id: 'a' }, body });
    expect((await call(await openSession(own.server, own.environment, 'a'))).status).toBe(403);
    expect((await call((await own.server.createEnvironment()).client)).status).toBe(404);
    expect((await call(own.server.as(undefined))).status).toBe(401);
    expect((await call(own.environment.client, { name: 'x', expiry: -1 })).status).toBe(422);
  });
});
