import { describe, expect, it } from 'vitest';
import { identifyRequest, LOOK_MS } from '../../src/http/idempotency.js';
import { takeIdempotentCall } from '../../src/storage/idempotency-key.js';
import { hashToken } from '../../src/tokens.js';
import { type AuthenticationCaller, CALLERS, codeOf, type Outcome } from '../callers.js';
import { type Access, customersOf, expectError, expectInvalid } from '../customers.js';
import type { TestServer } from '../harness.js';
import { Owner } from '../owner.js';

const own = Owner.use();
const { exchange, alive, customer } = customersOf(own);

describe.each(CALLERS)('with the %s', (_name, connect) => {
  const start = () => customer(connect);

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
      const { app, access } = await start();
      const { token } = await access({ expiry: 3600 });
      own.server.clock.advance(3601);
      for (const bad of ['sk_nonsense', 'appsk_nonsense', token]) {
        for (const [name, call] of operations(connect(own.server.url, bad), app)) {
          expectError(await call(), 401, 'authentication_failed', name);
        }
      }
    });

    it('is 403 for a portal session, but logout', async () => {
      const { app, access } = await start();
      const { token } = await access();
      for (const [name, call] of operations(connect(own.server.url, token), app)) {
        if (name !== 'logout') expectError(await call(), 403, 'insufficient access', name);
      }
      expect(await alive(token)).toBe(true);
    });

    it('is 404 for an application that is unknown, deleted or in another environment', async () => {
      const { environment, owner, app } = await start();
      const foreign = connect(own.server.url, (await own.server.createEnvironment()).key);
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
      const { owner, app } = await start();
      const first = await owner.access(app, {}, { idempotencyKey: 'same' });
      expect(await owner.access(app, { expiry: 3600 }, { idempotencyKey: 'same' })).toEqual(first);
      expect((await owner.access(app, {}, { idempotencyKey: 'other' })).body).not.toEqual(first.body);
      const another = connect(own.server.url, (await own.server.createEnvironment()).key);
      await another.createApplication({ name: 'Customer', uid: app });
      expect((await another.access(app, {}, { idempotencyKey: 'same' })).body).not.toEqual(first.body);
    });

    it('is 409 when its first call is still under way after 30 s', async () => {
      const { environment, owner, app, access } = await start();
      const { token } = await access();
      const cases = [
        ...operations(owner, app).filter(([name]) => name !== 'logout'),
        ...operations(connect(own.server.url, token), app).filter(([name]) => name === 'logout'),
      ];
      const paths: Record<string, string> = {
        'app-portal-access': `/api/v1/auth/app-portal-access/${app}`,
        'dashboard-access': `/api/v1/auth/dashboard-access/${app}`,
        'expire-all': `/api/v1/auth/app/${app}/expire-all`,
        logout: '/api/v1/auth/logout',
      };
      for (const [name, call] of cases) {
        const key = `stuck-${name}`;
        await holdCall(own.server, name === 'logout' ? token : environment.key, paths[name] ?? '', key);
        const waiting = own.server.clock.nextWait(LOOK_MS);
        const answer = call(key);
        await waiting;
        own.server.clock.advance(31);
        expectError(await answer, 409, 'conflict', name);
      }
      expect(await alive(token)).toBe(true);
    });

    it('is 422 for an idempotency key of 257 characters', async () => {
      const { owner, app, access } = await start();
      const { token } = await access();
      const cases = [
        ...operations(owner, app).filter(([name]) => name !== 'logout'),
        ...operations(connect(own.server.url, token), app).filter(([name]) => name === 'logout'),
      ];
      for (const [, call] of cases) expectInvalid(await call('k'.repeat(257)), 'idempotency-key');
      expect(await alive(token)).toBe(true);
    });
  });
});

it('keeps no token, code or answer readable in the database or the log', async () => {
  const { environment, server } = own;
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
