import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type TestEnvironment, type TestServer } from '../harness.js';

let server: TestServer;
let environment: TestEnvironment;
beforeAll(async () => {
  server = await startServer();
  environment = await server.createEnvironment();
});
afterAll(() => server.stop());

describe('a token that is none', () => {
  const cases: readonly (readonly [name: string, header: string | undefined])[] = [
    ['absent', undefined],
    ['empty', ''],
    ['without its scheme', 'KEY'],
    ['of another scheme', 'Basic KEY'],
    ['without a token', 'Bearer'],
    ['unknown', 'Bearer sk_nonsense'],
    ['a key and more', 'Bearer KEY more'],
    ['a JWT', 'Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJvcmdfMjNyYjhZZEdxTVQwcUl6cGdHd2RYZkhpck11In0.c2ln'],
    ['far too long', `Bearer ${'x'.repeat(5_000)}`],
  ];
  it.each(cases)('%s is 401 and does not tell why', async (_name, header) => {
    const answer = await fetch(`${server.url}/api/v1/app/`, {
      headers: header === undefined ? {} : { authorization: header.replace('KEY', environment.key) },
    });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    expect(await answer.json()).toEqual({ code: 'authentication_failed', detail: 'Invalid token' });
  });

  it.each(['Bearer', 'bearer', 'BEARER'])('%s before a good one is its scheme', async (scheme) => {
    const headers = { authorization: `${scheme} ${environment.key}` };
    expect((await fetch(`${server.url}/api/v1/app/`, { headers })).status).toBe(200);
  });
});
