import { createClient } from '@postrider/client';
import { afterEach, describe, expect, it } from 'vitest';
import { codeOf } from '../callers.js';
import { PLACES, type Place, runCommand, type ServerProcess, startProcess } from '../process.js';

const API_KEY = 'sk_faultfaultfaultfault';

let place: Place | undefined;
const running: ServerProcess[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.end('SIGKILL')));
  await place?.remove();
  place = undefined;
});

async function start(settings: Record<string, string> = {}): Promise<ServerProcess> {
  const server = await startProcess({ POSTRIDER_API_KEY: API_KEY, ...place?.settings, ...settings });
  running.push(server);
  return server;
}

const connect = (server: ServerProcess, token = API_KEY) =>
  createClient({ serverUrl: server.url, token, retries: 0 });

async function access(server: ServerProcess, key: string): Promise<{ url: string; token: string }> {
  const { body } = await connect(server).authentication.getAppPortalAccess({
    params: { app_id: 'customer' },
    body: { application: { name: 'Customer', uid: 'customer' } },
    headers: { 'idempotency-key': key },
  });
  return body as { url: string; token: string };
}

const whoami = async (server: ServerProcess, token: string) =>
  (await connect(server, token).portalSession.whoami()).status;

describe.each(PLACES)('on %s', (_name, make) => {
  it('a minted token, its link and its idempotent answer outlive SIGKILL', async () => {
    place = await make();
    const before = await start();
    const minted = await access(before, 'first');
    await before.end('SIGKILL');
    const after = await start();
    expect(await whoami(after, minted.token)).toBe(200);
    expect(await access(after, 'first')).toEqual(minted);
    const exchanged = await connect(after).portalSession.exchangeOneTimeToken({
      body: { oneTimeToken: codeOf(minted.url) },
    });
    expect(exchanged.status).toBe(200);
  });

  it('what expire-all ended stays ended after SIGKILL', async () => {
    place = await make();
    const before = await start();
    const minted = await access(before, 'first');
    const ended = await connect(before).authentication.expireAll({
      params: { app_id: 'customer' },
      body: {},
    });
    expect(ended.status).toBe(204);
    await before.end('SIGKILL');
    const after = await start();
    expect(await whoami(after, minted.token)).toBe(401);
    const exchanged = await connect(after).portalSession.exchangeOneTimeToken({
      body: { oneTimeToken: codeOf(minted.url) },
    });
    expect(exchanged.status).toBe(401);
  });

  it('SIGTERM lets a request under way finish, then the process ends with 0', async () => {
    place = await make();
    const server = await start();
    const { hostname, port } = new URL(server.url);
    const { request } = await import('node:http');
    const body = JSON.stringify({ name: 'Late', uid: 'late' });
    const call = request({
      hostname,
      port,
      path: '/api/v1/app/',
      method: 'POST',
      headers: { authorization: `Bearer ${API_KEY}`, 'content-length': body.length },
    });
    const answer = new Promise<number | undefined>((resolve, reject) => {
      call.on('response', (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      call.on('error', reject);
    });
    // The server has the head once this is written out and another call was answered after it.
    await new Promise<void>((resolve) => call.write(body.slice(0, 5), () => resolve()));
    await connect(server).health.ping();
    const exit = server.end('SIGTERM');
    await expect.poll(() => server.output()).toContain('service.draining');
    call.end(body.slice(5));
    expect(await answer).toBe(201);
    expect(await exit).toBe(0);
    expect(server.output()).toContain('service.stopped');
  });

  it('api-key create prints a key alone that works at once, also for a new environment', async () => {
    place = await make();
    const server = await start();
    for (const parameters of [[], ['--environment', 'org_another']]) {
      const { code, stdout, stderr } = await runCommand(['api-key', 'create', ...parameters], place.settings);
      expect(stderr).toBe('');
      expect(code).toBe(0);
      expect(stdout).toMatch(/^sk_[A-Za-z0-9]{32}\n$/);
      const identity = await connect(server, stdout.trim()).portalSession.whoami();
      expect(identity.status).toBe(200);
      if (parameters.length > 0) expect(identity.body).toMatchObject({ envId: 'org_another' });
    }
    const scoped = ['api-key', 'create', '--scope', 'management', '--scope', 'message:create'];
    const { stdout } = await runCommand(scoped, place.settings);
    const identity = await connect(server, stdout.trim()).portalSession.whoami();
    expect(identity.body).toMatchObject({ scopes: ['management', 'message:create'] });
    const unknown = await runCommand(['api-key', 'create', '--scope', 'all'], place.settings);
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain('message:create');
    const refused = await runCommand(['api-key', 'create', '--environment', 'nonsense'], place.settings);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('org_');
  });

  it('shows the first key once, and no key in later starts', async () => {
    place = await make();
    const settings = { ...place.settings, POSTRIDER_API_KEY: '' };
    const first = await startProcess(settings);
    running.push(first);
    await expect.poll(() => first.output()).toMatch(/API key, shown this once: sk_[A-Za-z0-9]{32}/);
    const key = /sk_[A-Za-z0-9]{32}/.exec(first.output())?.[0] ?? '';
    expect((await connect(first, key).application.list({ query: {} })).status).toBe(200);
    expect(await first.end('SIGTERM')).toBe(0);
    const second = await startProcess(settings);
    running.push(second);
    expect((await connect(second, key).application.list({ query: {} })).status).toBe(200);
    expect(await second.end('SIGTERM')).toBe(0);
    expect(second.output()).not.toContain('sk_');
  });
});

it('the demo shows a key and a link that work, and a message it sent', async () => {
  place = await (PLACES[0] as (typeof PLACES)[number])[1]();
  const server = await startProcess({ ...place.settings }, ['demo']);
  running.push(server);
  await expect.poll(() => server.output(), { timeout: 20_000 }).toContain('at /failing answered 500');
  const key = /sk_[A-Za-z0-9]{32}/.exec(server.output())?.[0] ?? '';
  const link = /http\S+\/login#key=\S+/.exec(server.output())?.[0] ?? '';
  expect((await connect(server, key).application.get({ params: { app_id: 'example' } })).status).toBe(200);
  const exchanged = await connect(server).portalSession.exchangeOneTimeToken({
    body: { oneTimeToken: codeOf(link) },
  });
  expect(exchanged.status).toBe(200);
  expect(await server.end('SIGINT')).toBe(0);
});

it('an address in use ends the start with its name, after the first key was shown', async () => {
  place = await (PLACES[0] as (typeof PLACES)[number])[1]();
  const first = await start();
  const other = await (PLACES[0] as (typeof PLACES)[number])[1]();
  try {
    const { code, stdout, stderr } = await runCommand([], {
      ...other.settings,
      POSTRIDER_LISTEN: new URL(first.url).host,
    });
    expect(code).toBe(1);
    expect(stdout).toMatch(/shown this once: sk_/);
    expect(stderr).toContain('in use by another program');
  } finally {
    await other.remove();
  }
});

const onEmbedded = PLACES.filter(([name]) => name === 'embedded');
const onPostgres = PLACES.filter(([name]) => name === 'postgres');

describe.each(onEmbedded)('on %s only', (_name, make) => {
  it('a second server on the same directory ends with a clear message and harms nothing', async () => {
    place = await make();
    const first = await start();
    const second = await runCommand([], { ...place.settings, POSTRIDER_LISTEN: '127.0.0.1:0' });
    expect(second.code).toBe(1);
    expect(second.stderr).toContain('another Postrider has');
    expect((await connect(first).application.list({ query: {} })).status).toBe(200);
  });

  it('of two servers started at once on a new directory one runs', async () => {
    place = await make();
    const settings = place.settings;
    const results = await Promise.allSettled([startProcess(settings), startProcess(settings)]);
    running.push(...results.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])));
    expect(results.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('refuses a database whose encryption key is gone', async () => {
    place = await make();
    const server = await start();
    await server.end('SIGTERM');
    const { rm } = await import('node:fs/promises');
    await rm(`${place.settings['POSTRIDER_DATA_DIR']}/encryption.key`);
    const refused = await runCommand([], { ...place.settings, POSTRIDER_LISTEN: '127.0.0.1:0' });
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('encryption.key is missing');
  });
});

describe.each(onPostgres)('on %s only', (_name, make) => {
  it('three processes started at once on an empty database all come up', async () => {
    place = await make();
    const servers = await Promise.all([start(), start(), start()]);
    for (const server of servers) {
      expect((await connect(server).application.list({ query: {} })).status).toBe(200);
    }
  });

  it('one process ends a session and every other refuses it at once', async () => {
    place = await make();
    const [one, two] = [await start(), await start()];
    const { token } = await access(one, 'a');
    expect(await whoami(two, token)).toBe(200);
    await connect(one).authentication.expireAll({ params: { app_id: 'customer' }, body: {} });
    expect(await whoami(two, token)).toBe(401);
  });
});

it.each([
  [{ POSTRIDER_LISTEN: 'nowhere' }, 'POSTRIDER_LISTEN'],
  [{ POSTRIDER_PUBLIC_URL: 'ftp://x' }, 'POSTRIDER_PUBLIC_URL'],
  [{ POSTRIDER_API_KEY: 'sk_with.dot.eu.eu.eu' }, 'POSTRIDER_API_KEY'],
  [{ POSTRIDER_DATABASE_URL: 'postgres://127.0.0.1/x' }, 'POSTRIDER_ENCRYPTION_KEY'],
  [{ POSTRIDER_ROLE: 'worker' }, 'POSTRIDER_ROLE'],
  [{ POSTRIDER_RETRY_SCHEDULE: '5,soon' }, 'POSTRIDER_RETRY_SCHEDULE'],
  [
    { POSTRIDER_ALLOW_SUBNETS: '10.0.0.0/99', POSTRIDER_DATA_DIR: '/tmp/postrider-never-used' },
    'POSTRIDER_ALLOW_SUBNETS',
  ],
  [{ POSTRIDER_ENCRYPTION_KEY: 'short' }, 'POSTRIDER_ENCRYPTION_KEY'],
  [{ POSTRIDER_ONE_TIME_TOKEN_TTL: 'soon' }, 'POSTRIDER_ONE_TIME_TOKEN_TTL'],
  [{ POSTRIDER_PORTAL_FRAME_ANCESTORS: "'self'; script-src *" }, 'POSTRIDER_PORTAL_FRAME_ANCESTORS'],
])(
  'a wrong setting %o ends the start with its name and without its value for secrets',
  async (settings, name) => {
    const { code, stderr } = await runCommand([], settings as unknown as Record<string, string>);
    expect(code).toBe(1);
    expect(stderr).toContain(name);
    expect(stderr).not.toContain('sk_with');
    expect(stderr).not.toContain('    at ');
  },
);
