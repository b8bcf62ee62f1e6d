import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { identifyRequest, LOOK_MS } from '../../src/http/idempotency.js';
import { takeIdempotentCall } from '../../src/storage/idempotency-key.js';
import { hashToken } from '../../src/tokens.js';
import { type AuthenticationCaller, CALLERS, codeOf, type Outcome } from '../callers.js';
import { startServer, type TestEnvironment, type TestServer } from '../harness.js';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const whoami = (token: string) => server.as(token).portalSession.whoami();
const exchange = (code: string) =>
  server.as(undefined).portalSession.exchangeOneTimeToken({ body: { oneTimeToken: code } });

interface Access {
  url: string;
  token: string;
}

describe.each(CALLERS)('with the %s', (_name, connect) => {
  let environment: TestEnvironment;
  let owner: AuthenticationCaller;
  let app: string;

  const start = async () => {
    environment = await server.createEnvironment();
    owner = connect(server.url, environment.key);
    app = `customer-${Math.random().toString(36).slice(2)}`;
    await owner.createApplication({ name: 'Customer', uid: app });
  };
  const access = async (input: Parameters<AuthenticationCaller['access']>[1] = {}): Promise<Access> => {
    const { status, body } = await owner.access(app, input);
    expect(status).toBe(200);
    return body as Access;
  };
  const alive = async (token: string) => (await whoami(token)).status === 200;

  describe('app-portal-access', () => {
    it('answers a token that works at once and a link that opens another session of the same kind', async () => {
      await start();
      const { url, token } = await access({
        capabilities: ['ViewBase', 'CreateAttempts'],
        sessionId: 'ann@1',
      });
      expect(url).toMatch(/^https:\/\/portal\.example\.com\/login#key=[A-Za-z0-9+/]+=*$/);
      expect(token).toMatch(/^appsk_[A-Za-z0-9]{32}$/);
      const opened = await exchange(codeOf(url));
      expect(opened).toMatchObject({
        status: 200,
        body: { token: expect.stringMatching(/^appsk_/), capabilities: ['ViewBase', 'CreateAttempts'] },
      });
      const other = (opened.body as { token: string }).token;
      expect(other).not.toBe(token);
      for (const one of [token, other]) {
        expect((await whoami(one)).body).toMatchObject({
          envId: environment.id,
          appId: expect.stringMatching(/^app_/),
          sessionId: 'ann@1',
          permissionSource: 'PortalSession',
          capabilities: ['ViewBase', 'CreateAttempts'],
        });
      }
    });

    it('gives a session of seven days with every capability when the body is empty', async () => {
      await start();
      const { token } = await access();
      const { body } = (await whoami(token)) as { body: { capabilities: string[]; expiresAt: string } };
      expect(body.capabilities).toHaveLength(6);
      const days = (Date.parse(body.expiresAt) - server.clock.now().getTime()) / 86_400_000;
      expect(days).toBeGreaterThan(6.99);
      expect(days).toBeLessThanOrEqual(7);
    });

    it('lets the session end after `expiry` seconds', async () => {
      await start();
      const { token } = await access({ expiry: 3600 });
      server.clock.advance(3590);
      expect(await alive(token)).toBe(true);
      server.clock.advance(11);
      expect(await alive(token)).toBe(false);
    });

    it('takes the smaller of `readOnly` and `capabilities`', async () => {
      await start();
      for (const input of [
        { readOnly: true },
        { readOnly: true, capabilities: ['ViewBase', 'ManageEndpoint'] },
      ]) {
        const { token } = await access(input);
        expect((await whoami(token)).body).toMatchObject({ capabilities: ['ViewBase'] });
      }
      const { token } = await access({ readOnly: false, capabilities: ['ViewBase', 'ManageEndpoint'] });
      expect((await whoami(token)).body).toMatchObject({ capabilities: ['ViewBase', 'ManageEndpoint'] });
    });

    it('makes the application when the uid is new, and ignores it when it is not', async () => {
      await start();
      const made = await owner.access('brand-new', { application: { name: 'Brand new', uid: 'brand-new' } });
      expect(made.status).toBe(200);
      expect((await owner.getApplication('brand-new')).body).toMatchObject({ name: 'Brand new' });
      expect(
        (await owner.access('brand-new', { application: { name: 'Renamed', uid: 'brand-new' } })).status,
      ).toBe(200);
      expect((await owner.getApplication('brand-new')).body).toMatchObject({ name: 'Brand new' });
    });

    it('makes one application when two calls make it at once', async () => {
      await start();
      const results = await Promise.all(
        [1, 2, 3, 4].map(() => owner.access('twins', { application: { name: 'Twins', uid: 'twins' } })),
      );
      expect(results.map((one) => one.status)).toEqual([200, 200, 200, 200]);
      const ids = await Promise.all(
        results.map(async (one) => (await whoami((one.body as Access).token)).body),
      );
      expect(new Set(ids.map((one) => (one as { appId: string }).appId)).size).toBe(1);
    });

    it.each([
      ['a capability list without ViewBase', { capabilities: ['ManageEndpoint'] }, 'capabilities'],
      ['an empty capability list', { capabilities: [] }, 'capabilities'],
      ['a capability twice', { capabilities: ['ViewBase', 'ViewBase'] }, 'capabilities'],
      ['an unknown capability', { capabilities: ['ViewBase', 'Everything'] }, 'capabilities'],
      ['an expiry under an hour', { expiry: 3599 }, 'expiry'],
      ['an expiry over a week', { expiry: 604_801 }, 'expiry'],
      ['a session id with a dot', { sessionId: 'ann@example.com' }, 'session_id'],
      ['a session id of 65 characters', { sessionId: 'a'.repeat(65) }, 'session_id'],
      [
        '26 feature flags',
        { featureFlags: Array.from({ length: 26 }, (_, i) => `flag-${i}`) },
        'feature_flags',
      ],
      ['a feature flag with a blank', { featureFlags: ['a b'] }, 'feature_flags'],
    ])('refuses %s with 422 that names the field', async (_what, input, field) => {
      await start();
      expectInvalid(await owner.access(app, input), field);
    });

    it('refuses an inline application whose uid is missing or not the path’s', async () => {
      await start();
      expectInvalid(
        await owner.access('x1', { application: { name: 'X' } }),
        'uid',
        'application_uid_missing',
      );
      expectInvalid(
        await owner.access('x1', { application: { name: 'X', uid: 'x2' } }),
        'uid',
        'application_uid_mismatch',
      );
      expect((await owner.getApplication('x1')).status).toBe(404);
      expect((await owner.getApplication('x2')).status).toBe(404);
    });
  });

  describe('one-time code', () => {
    it('gives the same session again within ten seconds and is refused later', async () => {
      await start();
      const code = codeOf((await access()).url);
      const [first, second] = await Promise.all([exchange(code), exchange(code)]);
      expect(first.status).toBe(200);
      expect(second.body).toEqual(first.body);
      server.clock.advance(9);
      expect((await exchange(code)).body).toEqual(first.body);
      server.clock.advance(2);
      const late = await exchange(code);
      const unknown = await exchange('otc_nobody');
      expect(late.status).toBe(401);
      expect(unknown.status).toBe(401);
      expect(late.body).toEqual(unknown.body);
      expect(await alive((first.body as { token: string }).token)).toBe(true);
    });

    it('dies when nobody opens it in time', async () => {
      await start();
      const { url, token } = await access();
      server.clock.advance(901);
      expect((await exchange(codeOf(url))).status).toBe(401);
      expect(await alive(token)).toBe(true);
    });

    it('does not bring back a session that was logged out within the ten seconds', async () => {
      await start();
      const code = codeOf((await access()).url);
      const { token } = (await exchange(code)).body as { token: string };
      expect((await connect(server.url, token).logout()).status).toBe(204);
      expect((await exchange(code)).status).toBe(401);
    });
  });

  describe('dashboard-access', () => {
    it.runIf(_name !== 'svix 2')('is app-portal-access with every default', async () => {
      await start();
      const outcome = await (owner.dashboard as NonNullable<typeof owner.dashboard>)(app);
      expect(outcome.status).toBe(200);
      const { url, token } = outcome.body as Access;
      expect(await alive(token)).toBe(true);
      expect((await exchange(codeOf(url))).status).toBe(200);
    });
  });

  describe('logout', () => {
    it('ends the calling session and no other', async () => {
      await start();
      const { url, token } = await access();
      const twin = ((await exchange(codeOf(url))).body as { token: string }).token;
      expect(await connect(server.url, twin).logout()).toMatchObject({ status: 204 });
      expect(await alive(twin)).toBe(false);
      expect(await alive(token)).toBe(true);
    });

    it('is 403 for an environment key and ends nothing', async () => {
      await start();
      const { token } = await access();
      expectError(await owner.logout(), 403, 'insufficient access');
      expect(await alive(token)).toBe(true);
      expect((await owner.getApplication(app)).status).toBe(200);
    });

    it('answers 204 again to a repeated call although the token is dead', async () => {
      await start();
      const { token } = await access();
      const caller = connect(server.url, token);
      expect((await caller.logout({ idempotencyKey: 'bye' })).status).toBe(204);
      expect((await caller.logout({ idempotencyKey: 'bye' })).status).toBe(204);
      expect((await caller.logout({ idempotencyKey: 'another' })).status).toBe(401);
    });
  });

  describe('expire-all', () => {
    it('ends every session of the application at once, and links that nobody opened', async () => {
      await start();
      const first = await access({ sessionId: 'ann' });
      const second = await access();
      expect(await owner.expireAll(app, {})).toMatchObject({ status: 204 });
      expect(await alive(first.token)).toBe(false);
      expect(await alive(second.token)).toBe(false);
      expect((await exchange(codeOf(first.url))).status).toBe(401);
      const later = await access();
      expect(await alive(later.token)).toBe(true);
    });

    it('leaves other applications alone', async () => {
      await start();
      await owner.createApplication({ name: 'Other', uid: `${app}-2` });
      const other = (await owner.access(`${app}-2`, {})).body as Access;
      await owner.expireAll(app, {});
      expect(await alive(other.token)).toBe(true);
      expect((await exchange(codeOf(other.url))).status).toBe(200);
    });

    it('ends only sessions with the given ids; an empty list means all', async () => {
      await start();
      const ann = await access({ sessionId: 'ann' });
      const bob = await access({ sessionId: 'bob' });
      const none = await access();
      await owner.expireAll(app, { sessionIds: ['ann', 'carol'] });
      expect(await Promise.all([ann, bob, none].map((one) => alive(one.token)))).toEqual([false, true, true]);
      expect((await exchange(codeOf(ann.url))).status).toBe(401);
      expect((await exchange(codeOf(bob.url))).status).toBe(200);
      await owner.expireAll(app, { sessionIds: [] });
      expect(await Promise.all([bob, none].map((one) => alive(one.token)))).toEqual([false, false]);
    });

    it('gives a grace that never lengthens a life', async () => {
      await start();
      const short = await access({ expiry: 3600 });
      const long = await access();
      await owner.expireAll(app, { expiry: 7200 });
      expect((await exchange(codeOf(long.url))).status).toBe(401);
      server.clock.advance(3601);
      expect(await alive(short.token)).toBe(false);
      expect(await alive(long.token)).toBe(true);
      server.clock.advance(3600);
      expect(await alive(long.token)).toBe(false);
    });

    it.each([
      ['a negative grace', { expiry: -1 }, 'expiry'],
      ['a grace over three days', { expiry: 259_201 }, 'expiry'],
      ['1001 session ids', { sessionIds: Array.from({ length: 1001 }, (_, i) => `s${i}`) }, 'session_ids'],
      ['a session id with a blank', { sessionIds: ['a b'] }, 'session_ids'],
    ])('refuses %s with 422 and ends nothing', async (_what, input, field) => {
      await start();
      const { token } = await access();
      expectInvalid(await owner.expireAll(app, input), field);
      expect(await alive(token)).toBe(true);
    });
  });

  describe('every operation', () => {
    const operations = (caller: AuthenticationCaller, target: string) =>
      [
        ['app-portal-access', (key?: string) => caller.access(target, {}, options(key))],
        ['expire-all', (key?: string) => caller.expireAll(target, {}, options(key))],
        ['logout', (key?: string) => caller.logout(options(key))],
        ...(caller.dashboard
          ? [['dashboard-access', (key?: string) => caller.dashboard?.(target, options(key))] as const]
          : []),
      ] as readonly (readonly [string, (key?: string) => Promise<Outcome>])[];
    const options = (key: string | undefined) => (key === undefined ? {} : { idempotencyKey: key });

    it('is 401 without a valid token, whatever is wrong with it', async () => {
      await start();
      const { token } = await access({ expiry: 3600 });
      server.clock.advance(3601);
      for (const bad of ['sk_nonsense', 'appsk_nonsense', token]) {
        for (const [name, call] of operations(connect(server.url, bad), app)) {
          expectError(await call(), 401, 'authentication_failed', name);
        }
      }
    });

    it('is 403 for a portal session, but logout', async () => {
      await start();
      const { token } = await access();
      for (const [name, call] of operations(connect(server.url, token), app)) {
        if (name !== 'logout') expectError(await call(), 403, 'insufficient access', name);
      }
      expect(await alive(token)).toBe(true);
    });

    it('is 404 for an application that is unknown, deleted or in another environment', async () => {
      await start();
      const foreign = connect(server.url, (await server.createEnvironment()).key);
      await owner.createApplication({ name: 'Gone', uid: `${app}-gone` });
      await environment.client.application.delete({ params: { app_id: `${app}-gone` } });
      const calls = [
        ...operations(owner, 'nobody'),
        ...operations(owner, `${app}-gone`),
        ...operations(foreign, app),
      ];
      for (const [name, call] of calls) {
        if (name !== 'logout') expectError(await call(), 404, 'not_found', name);
      }
    });

    it('gives a repeated call its first answer', async () => {
      await start();
      const first = await owner.access(app, {}, { idempotencyKey: 'same' });
      expect(await owner.access(app, { expiry: 3600 }, { idempotencyKey: 'same' })).toEqual(first);
      expect((await owner.access(app, {}, { idempotencyKey: 'other' })).body).not.toEqual(first.body);
      const another = connect(server.url, (await server.createEnvironment()).key);
      await another.createApplication({ name: 'Customer', uid: app });
      expect((await another.access(app, {}, { idempotencyKey: 'same' })).body).not.toEqual(first.body);
    });

    it('is 409 when its first call is still under way after 30 s', async () => {
      await start();
      const { token } = await access();
      const cases = [
        ...operations(owner, app).filter(([name]) => name !== 'logout'),
        ...operations(connect(server.url, token), app).filter(([name]) => name === 'logout'),
      ];
      const paths: Record<string, string> = {
        'app-portal-access': `/api/v1/auth/app-portal-access/${app}`,
        'dashboard-access': `/api/v1/auth/dashboard-access/${app}`,
        'expire-all': `/api/v1/auth/app/${app}/expire-all`,
        logout: '/api/v1/auth/logout',
      };
      for (const [name, call] of cases) {
        const key = `stuck-${name}`;
        await holdCall(server, name === 'logout' ? token : environment.key, paths[name] ?? '', key);
        const waiting = server.clock.nextWait(LOOK_MS);
        const answer = call(key);
        await waiting;
        server.clock.advance(31);
        expectError(await answer, 409, 'conflict', name);
      }
      expect(await alive(token)).toBe(true);
    });

    it('is 422 for an idempotency key of 257 characters', async () => {
      await start();
      const { token } = await access();
      const cases = [
        ...operations(owner, app).filter(([name]) => name !== 'logout'),
        ...operations(connect(server.url, token), app).filter(([name]) => name === 'logout'),
      ];
      for (const [, call] of cases) expectInvalid(await call('k'.repeat(257)), 'idempotency-key');
      expect(await alive(token)).toBe(true);
    });
  });
});

it('keeps no token, code or answer readable in the database or the log', async () => {
  const environment = await server.createEnvironment();
  await environment.client.application.create({ body: { name: 'Secretive', uid: 'secretive' } });
  const { body } = (await environment.client.authentication.getAppPortalAccess({
    params: { app_id: 'secretive' },
    body: {},
    headers: { 'idempotency-key': 'kept' },
  })) as { body: Access };
  const code = codeOf(body.url);
  const session = ((await exchange(code)).body as { token: string }).token;
  const tables = ['api_key', 'portal_session', 'one_time_code', 'idempotency_key'] as const;
  const rows = await Promise.all(
    tables.map((table) => server.context.database.kysely.selectFrom(table).selectAll().execute()),
  );
  const bytes = Buffer.concat(
    rows
      .flat()
      .flatMap((row) =>
        Object.values(row).map((value) =>
          value instanceof Uint8Array ? Buffer.from(value) : Buffer.from(String(value)),
        ),
      ),
  );
  const written = bytes.toString('latin1') + server.logs.join('');
  expect(rows.map((list) => list.length > 0)).toEqual([true, true, true, true]);
  for (const secret of [environment.key, body.token, code, session, body.url.split('#key=')[1] ?? '']) {
    expect(secret.length).toBeGreaterThan(20);
    expect(written).not.toContain(secret);
  }
  expect(bytes.includes(hashToken(session))).toBe(true);
});

it('does not take a token from the query string', async () => {
  const environment = await server.createEnvironment();
  const response = await fetch(
    `${server.url}/api/v1/auth/whoami/?token=${environment.key}&access_token=${environment.key}`,
  );
  expect(response.status).toBe(401);
});

function expectError(outcome: Outcome, status: number, code: string, message?: string): void {
  expect(outcome, message).toMatchObject({ status, body: { code, detail: expect.any(String) } });
}

function expectInvalid(outcome: Outcome, field: string, type?: string): void {
  expect(outcome.status).toBe(422);
  const { detail } = outcome.body as { detail: { loc: string[]; msg: string; type: string }[] };
  expect(detail[0]?.msg).toEqual(expect.any(String));
  expect(detail.some((one) => one.loc.some((part) => part.startsWith(field)))).toBe(true);
  if (type !== undefined) expect(detail[0]?.type).toBe(type);
}

/** The row of a call that another process has under way and goes on with: it is alive, so it renews its lock. */
async function holdCall(target: TestServer, token: string, path: string, key: string): Promise<void> {
  const now = target.clock.now();
  const taken = await takeIdempotentCall(target.context.database.kysely, {
    id: identifyRequest(token, key, path).id,
    owner: 'another process',
    now,
    lockedUntil: new Date(now.getTime() + 86_400_000),
    expiresAt: new Date(now.getTime() + 86_400_000),
  });
  expect(taken).toBe(true);
}
