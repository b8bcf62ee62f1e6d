import { afterEach, describe, expect, it } from 'vitest';
import { CALLERS, type Outcome } from '../callers.js';
import { startServer, type TestServer } from '../harness.js';

let server: TestServer | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

describe.each(CALLERS)('with the %s', (_name, connect) => {
  it('failed authentications of an address become 429 on each operation, and valid tokens still pass', async () => {
    server = await startServer({ POSTRIDER_AUTH_RATE_LIMIT: '3' });
    const { key } = await server.createEnvironment();
    const stranger = connect(server.url, 'sk_stranger_stranger');
    const calls: (() => Promise<Outcome>)[] = [
      () => stranger.access('a', {}),
      () => stranger.expireAll('a', {}),
      () => stranger.logout(),
      ...(stranger.dashboard ? [() => stranger.dashboard?.('a') as Promise<Outcome>] : []),
    ];
    for (let failures = 0; failures < 3; failures++) expect((await calls[0]?.())?.status).toBe(401);
    for (const call of calls) {
      expect(await call()).toMatchObject({ status: 429, body: { code: 'rate_limited' } });
    }
    expect((await connect(server.url, key).createApplication({ name: 'Mine', uid: 'mine' })).status).toBe(
      201,
    );
    expect((await connect(server.url, key).access('mine', {})).status).toBe(200);
  });

  it('POSTRIDER_API_RATE_LIMIT limits the requests of one key and of no other', async () => {
    server = await startServer({ POSTRIDER_API_RATE_LIMIT: '2' });
    const [one, two] = [await server.createEnvironment(), await server.createEnvironment()];
    const caller = connect(server.url, one.key);
    const statuses = await Promise.all([1, 2, 3, 4, 5, 6].map(() => caller.getApplication('nobody')));
    expect(statuses.map((outcome) => outcome.status).sort((a, b) => a - b)).toEqual([
      404, 404, 429, 429, 429, 429,
    ]);
    expect((await connect(server.url, two.key).getApplication('nobody')).status).toBe(404);
  });
});

it('says in Retry-After when to come back', async () => {
  server = await startServer({ POSTRIDER_AUTH_RATE_LIMIT: '1' });
  const call = () =>
    fetch(`${server?.url}/api/v1/auth/whoami`, { headers: { authorization: 'Bearer nobody' } });
  expect((await call()).status).toBe(401);
  const limited = await call();
  expect(limited.status).toBe(429);
  const seconds = Number(limited.headers.get('retry-after'));
  expect(seconds).toBeGreaterThanOrEqual(1);
  expect(seconds).toBeLessThanOrEqual(60);
});

describe('POSTRIDER_API_RATE_LIMIT', () => {
  const names = ['ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset', 'retry-after'];
  const ask = async (key: string) => {
    const headers = { authorization: `Bearer ${key}` };
    const answer = await fetch(`${server?.url}/api/v1/app/nobody`, { headers });
    return { status: answer.status, limits: names.map((name) => answer.headers.get(name)), answer };
  };

  it('says at every answer how many are left, and lets more in when the second is over', async () => {
    server = await startServer({ POSTRIDER_API_RATE_LIMIT: '2' });
    const { key } = await server.createEnvironment();
    const answers = await Promise.all([ask(key), ask(key), ask(key)]);
    answers.sort((a, b) => a.status - b.status);
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 429]);
    expect(answers.map(({ limits }) => limits[0])).toEqual(['2', '2', '2']);
    expect(answers.map(({ limits }) => Number(limits[1])).sort((a, b) => a - b)).toEqual([0, 0, 1]);
    expect(answers.map(({ limits }) => limits[2])).toEqual(['1', '1', '1']);
    expect(answers.map(({ limits }) => limits[3])).toEqual([null, null, '1']);
    expect(await answers[2]?.answer.json()).toEqual({
      code: 'rate_limited',
      detail: 'Too many requests. Please slow down.',
    });
    const exposed = answers[0]?.answer.headers.get('access-control-expose-headers');
    for (const name of names) expect(exposed).toContain(name);
    await expect.poll(async () => (await ask(key)).status, { timeout: 5_000 }).toBe(404);
  });

  it('without it nothing is said', async () => {
    server = await startServer();
    const { key } = await server.createEnvironment();
    expect((await ask(key)).limits).toEqual([null, null, null, null]);
  });
});

it('limits exchanges of one-time codes of an address', async () => {
  server = await startServer({ POSTRIDER_AUTH_RATE_LIMIT: '2' });
  const exchange = () =>
    server?.as(undefined).portalSession.exchangeOneTimeToken({ body: { oneTimeToken: 'otc_guess' } });
  expect((await exchange())?.status).toBe(401);
  expect((await exchange())?.status).toBe(401);
  expect((await exchange())?.status).toBe(429);
});
