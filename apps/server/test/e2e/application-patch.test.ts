import { unwrap } from '@postrider/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type TestEnvironment, type TestServer } from '../harness.js';

let server: TestServer;
let environment: TestEnvironment;
beforeAll(async () => {
  server = await startServer();
  environment = await server.createEnvironment();
});
afterAll(() => server.stop());

interface Out {
  readonly id: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly name: string;
}

describe('an application', () => {
  const call = async (method: string, path: string, body: object) => {
    const answer = await fetch(`${server.url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${environment.key}` },
      body: JSON.stringify(body),
    });
    return { status: answer.status, body: (await answer.json()) as Out };
  };

  it('has the present name of its rate where both are given, and no former one where it has none', async () => {
    const rates = { throttleRate: 3, rateLimit: 9 };
    expect((await call('POST', '/app', { name: 'x', ...rates })).body).toMatchObject({
      throttleRate: 3,
      rateLimit: 3,
    });
    const { body } = await call('POST', '/app', { name: 'x' });
    expect(body).toMatchObject({ throttleRate: null });
    expect(body).not.toHaveProperty('rateLimit');
    expect(body).not.toHaveProperty('uid');
    expect(await call('PUT', `/app/${body.id}`, { name: 'x', ...rates })).toMatchObject({
      status: 200,
      body: { id: body.id, throttleRate: 3 },
    });
    const patched = await call('PATCH', `/app/${body.id}`, { throttleRate: 5, rateLimit: 9 });
    expect(patched.body).toMatchObject({ throttleRate: 5, rateLimit: 5 });
  });

  it('is made anew by each PUT that finds none: the path gives no uid', async () => {
    const made = [
      await call('PUT', '/app/nobody', { name: 'x' }),
      await call('PUT', '/app/nobody', { name: 'x' }),
    ];
    expect(made.map(({ status }) => status)).toEqual([201, 201]);
    expect(made[0]?.body.id).not.toBe(made[1]?.body.id);
    expect((await environment.client.application.get({ params: { app_id: 'nobody' } })).status).toBe(404);
  });

  it('says when it was changed last, also where nothing is another', async () => {
    const { body: first } = await call('POST', '/app', { name: 'x' });
    const path = `/app/${first.id}`;
    let before = first.updatedAt;
    for (const [method, body] of [
      ['PATCH', {}],
      ['PUT', { name: 'x' }],
      ['PATCH', { name: 'y' }],
    ] as const) {
      server.clock.advance(2);
      const { body: changed } = await call(method, path, body);
      expect(Date.parse(changed.updatedAt) - Date.parse(before)).toBeGreaterThanOrEqual(2_000);
      expect(changed.createdAt).toBe(first.createdAt);
      before = changed.updatedAt;
    }
  });

  it('may have a name of any length', async () => {
    const name = 'ü'.repeat(100_000);
    expect((await call('POST', '/app', { name })).body.name === name).toBe(true);
  });

  it('that somebody has the uid of is refused by PUT and PATCH alike', async () => {
    await call('POST', '/app', { name: 'x', uid: 'taken' });
    const { body } = await call('POST', '/app', { name: 'y' });
    const conflict = { status: 409, body: { code: 'conflict', detail: 'A conflict has occurred' } };
    expect(await call('PUT', `/app/${body.id}`, { name: 'y', uid: 'taken' })).toMatchObject(conflict);
    expect(await call('PUT', '/app/none', { name: 'y', uid: 'taken' })).toMatchObject(conflict);
    expect(await call('PATCH', `/app/${body.id}`, { uid: 'taken' })).toMatchObject(conflict);
  });
});

describe('a change of an application by PATCH', () => {
  it('is of the field alone, set or cleared, also where PUT made it', async () => {
    const { client } = environment;
    const params = { app_id: 'made' };
    const answer = await client.application.upsert({
      params,
      body: { name: 'A', uid: 'made', metadata: { k: 'v' } },
    });
    expect(answer.status).toBe(201);
    let expected: Record<string, unknown> = await unwrap(client.application.get({ params }));
    const steps: readonly (readonly [change: object, effect: object])[] = [
      [{ name: 'B' }, { name: 'B' }],
      [{ rateLimit: 7 }, { rateLimit: 7, throttleRate: 7 }],
      [{ rateLimit: null }, { rateLimit: undefined, throttleRate: null }],
      [{ throttleRate: 8 }, { rateLimit: 8, throttleRate: 8 }],
      [{ throttleRate: null }, { rateLimit: undefined, throttleRate: null }],
      [{ metadata: { l: 'w', m: 'x' } }, { metadata: { l: 'w', m: 'x' } }],
      [{ metadata: {} }, { metadata: {} }],
      [{ metadata: { n: 'y' } }, { metadata: { n: 'y' } }],
      [{}, {}],
    ];
    for (const [change, effect] of steps) {
      server.clock.advance(0.008);
      expected = { ...expected, ...effect, updatedAt: expect.any(String) };
      const changed = await unwrap(client.application.patch({ params, body: change }));
      expect(changed, JSON.stringify(change)).toEqual(expected);
      expect(await unwrap(client.application.get({ params }))).toEqual(changed);
    }
    const moved = await unwrap(client.application.patch({ params, body: { uid: 'moved' } }));
    expect(moved).toEqual({ ...expected, uid: 'moved' });
    expect((await client.application.get({ params })).status).toBe(404);
    const at = { params: { app_id: 'moved' } };
    const put = await unwrap(client.application.upsert({ ...at, body: { name: 'C', uid: 'moved' } }));
    expect(put).toMatchObject({ id: moved.id, name: 'C', metadata: {} });
    expect((await client.application.delete(at)).status).toBe(204);
    expect((await client.application.get(at)).status).toBe(404);
  });
});
