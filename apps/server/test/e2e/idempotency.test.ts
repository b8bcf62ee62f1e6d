import { unwrap } from '@postrider/client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createApiKey } from '../../src/api-keys.js';
import { startServer, type TestEnvironment, type TestServer } from '../harness.js';

/*
 * Idempotency keys of calls in general (spec: wire behaviour, section 5). Messages, whose keys are committed with them,
 * have dispatch-idempotency.test.ts.
 */

const HOURS = 3_600;

let server: TestServer;
let environment: TestEnvironment;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());
beforeEach(async () => {
  environment = await server.createEnvironment();
});

interface Options {
  readonly key?: string | undefined;
  readonly token?: string;
  readonly method?: string;
  readonly path?: string;
}
const call = async (body: object, { key, token, method = 'POST', path = '/app' }: Options = {}) => {
  const answer = await fetch(`${server.url}/api/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token ?? environment.key}`,
      ...(key === undefined ? {} : { 'Idempotency-KEY': key }),
    },
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: (await answer.json()) as { id?: string; name?: string } };
};
const count = async () => (await unwrap(environment.client.application.list({ query: {} }))).data.length;

describe('a call that is repeated', () => {
  it('gets the first answer with its status, whatever the second body says, and nothing more happens', async () => {
    const first = await call({ name: 'First' }, { key: 'k' });
    expect(first.status).toBe(201);
    expect(await call({ name: 'Second' }, { key: 'k' })).toEqual(first);
    expect(await call({ no: 'name' }, { key: 'k' })).toEqual(first);
    expect(await count()).toBe(1);
  });

  it('at once is made once, and all get its answer', async () => {
    const calls = Array.from({ length: 6 }, (_, n) => call({ name: `${n}` }, { key: 'k' }));
    const [first, ...others] = await Promise.all(calls);
    expect(first?.status).toBe(201);
    for (const other of others) expect(other).toEqual(first);
    expect(await count()).toBe(1);
  });

  it('after twelve hours is a new one', async () => {
    const first = await call({ name: 'x' }, { key: 'k' });
    server.clock.advance(12 * HOURS - 60);
    expect(await call({ name: 'x' }, { key: 'k' })).toEqual(first);
    server.clock.advance(61);
    const later = await call({ name: 'x' }, { key: 'k' });
    expect(later.status).toBe(201);
    expect(later.body.id).not.toBe(first.body.id);
  });
});

describe('what makes calls the same', () => {
  it('is path and query, but not the slashes around the path', async () => {
    const paths = ['/app', '/app/', '/app//', '/app?get_if_exists=true', '/app///?get_if_exists=true'];
    const ids: (string | undefined)[] = [];
    for (const path of paths) ids.push((await call({ name: 'x' }, { key: 'k', path })).body.id);
    const [plain, , , asked] = ids;
    expect(ids).toEqual([plain, plain, plain, asked, asked]);
    expect(asked).not.toBe(plain);
  });

  it('is the token: another key of the same environment makes a call of its own', async () => {
    const token = await createApiKey(server.context, environment.id);
    const first = await call({ name: 'x' }, { key: 'k' });
    const other = await call({ name: 'x' }, { key: 'k', token });
    expect(other.status).toBe(201);
    expect(other.body.id).not.toBe(first.body.id);
  });

  it.each([undefined, ''])('is nothing where the key is %j', async (key) => {
    await call({ name: 'x' }, { key });
    await call({ name: 'x' }, { key });
    expect(await count()).toBe(2);
  });

  it.each(['PUT', 'PATCH'])('is nothing for a %s: each is made', async (method) => {
    await call({ name: 'x', uid: 'a' });
    const change = (name: string) => call({ name, uid: 'a' }, { key: 'k', method, path: '/app/a' });
    expect(await change('one')).toMatchObject({ status: 200, body: { name: 'one' } });
    expect(await change('two')).toMatchObject({ status: 200, body: { name: 'two' } });
  });
});

describe('a call that is refused', () => {
  it('is not kept: the next one with its key is made', async () => {
    await call({ name: 'x', uid: 'taken' });
    expect((await call({ name: 'y', uid: 'taken' }, { key: 'k' })).status).toBe(409);
    expect((await call({ uid: 'free' }, { key: 'k' })).status).toBe(422);
    await environment.client.application.delete({ params: { app_id: 'taken' } });
    expect((await call({ name: 'y', uid: 'taken' }, { key: 'k' })).status).toBe(201);
  });
});
