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
