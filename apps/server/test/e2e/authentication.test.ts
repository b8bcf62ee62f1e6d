import { describe, expect, it } from 'vitest';
import { CALLERS, codeOf } from '../callers.js';
import { type Access, customersOf, expectInvalid } from '../customers.js';
import { Owner } from '../owner.js';

const own = Owner.use();
const { whoami, exchange, alive, customer } = customersOf(own);

describe.each(CALLERS)('with the %s', (name, connect) => {
  const start = () => customer(connect);

  describe('app-portal-access', () => {
    it('answers a token that works at once and a link that opens another session of the same kind', async () => {
      const { environment, access } = await start();
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
      const { access } = await start();
      const { token } = await access();
      const { body } = (await whoami(token)) as { body: { capabilities: string[]; expiresAt: string } };
      expect(body.capabilities).toHaveLength(6);
      const days = (Date.parse(body.expiresAt) - own.server.clock.now().getTime()) / 86_400_000;
      expect(days).toBeGreaterThan(6.99);
      expect(days).toBeLessThanOrEqual(7);
    });

    it('lets the session end after `expiry` seconds', async () => {
      const { access } = await start();
      const { token } = await access({ expiry: 3600 });
      own.server.clock.advance(3590);
      expect(await alive(token)).toBe(true);
      own.server.clock.advance(11);
      expect(await alive(token)).toBe(false);
    });

    it('takes the smaller of `readOnly` and `capabilities`', async () => {
      const { access } = await start();
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
      const { owner } = await start();
      const made = await owner.access('brand-new', { application: { name: 'Brand new', uid: 'brand-new' } });
      expect(made.status).toBe(200);
      expect((await owner.getApplication('brand-new')).body).toMatchObject({ name: 'Brand new' });
      expect(
        (await owner.access('brand-new', { application: { name: 'Renamed', uid: 'brand-new' } })).status,
      ).toBe(200);
      expect((await owner.getApplication('brand-new')).body).toMatchObject({ name: 'Brand new' });
    });

    it('makes one application when two calls make it at once', async () => {
      const { owner } = await start();
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
      const { owner, app } = await start();
      expectInvalid(await owner.access(app, input), field);
    });

    it('refuses an inline application whose uid is missing or not the path’s', async () => {
      const { owner } = await start();
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
      const { access } = await start();
      const code = codeOf((await access()).url);
      const [first, second] = await Promise.all([exchange(code), exchange(code)]);
      expect(first.status).toBe(200);
      expect(second.body).toEqual(first.body);
      own.server.clock.advance(9);
      expect((await exchange(code)).body).toEqual(first.body);
      own.server.clock.advance(2);
      const late = await exchange(code);
      const unknown = await exchange('otc_nobody');
      expect(late.status).toBe(401);
      expect(unknown.status).toBe(401);
      expect(late.body).toEqual(unknown.body);
      expect(await alive((first.body as { token: string }).token)).toBe(true);
    });

    it('dies when nobody opens it in time', async () => {
      const { access } = await start();
      const { url, token } = await access();
      own.server.clock.advance(901);
      expect((await exchange(codeOf(url))).status).toBe(401);
      expect(await alive(token)).toBe(true);
    });

    it('does not bring back a session that was logged out within the ten seconds', async () => {
      const { access } = await start();
      const code = codeOf((await access()).url);
      const { token } = (await exchange(code)).body as { token: string };
      expect((await connect(own.server.url, token).logout()).status).toBe(204);
      expect((await exchange(code)).status).toBe(401);
    });
  });

  describe('dashboard-access', () => {
    it.runIf(name !== 'svix 2')('is app-portal-access with every default', async () => {
      const { owner, app } = await start();
      const outcome = await (owner.dashboard as NonNullable<typeof owner.dashboard>)(app);
      expect(outcome.status).toBe(200);
      const { url, token } = outcome.body as Access;
      expect(await alive(token)).toBe(true);
      expect((await exchange(codeOf(url))).status).toBe(200);
    });
  });
});

it('does not take a token from the query string', async () => {
  const { environment, server } = own;
  const response = await fetch(
    `${server.url}/api/v1/auth/whoami/?token=${environment.key}&access_token=${environment.key}`,
  );
  expect(response.status).toBe(401);
});
