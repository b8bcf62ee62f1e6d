import { describe, expect, it } from 'vitest';
import { CALLERS, codeOf } from '../callers.js';
import { type Access, customersOf, expectError, expectInvalid } from '../customers.js';
import { Owner } from '../owner.js';

const own = Owner.use();
const { exchange, alive, customer } = customersOf(own);

describe.each(CALLERS)('with the %s', (_name, connect) => {
  const start = () => customer(connect);

  describe('logout', () => {
    it('ends the calling session and no other', async () => {
      const { access } = await start();
      const { url, token } = await access();
      const twin = ((await exchange(codeOf(url))).body as { token: string }).token;
      expect(await connect(own.server.url, twin).logout()).toMatchObject({ status: 204 });
      expect(await alive(twin)).toBe(false);
      expect(await alive(token)).toBe(true);
    });

    it('is 403 for an environment key and ends nothing', async () => {
      const { owner, app, access } = await start();
      const { token } = await access();
      expectError(await owner.logout(), 403, 'insufficient access');
      expect(await alive(token)).toBe(true);
      expect((await owner.getApplication(app)).status).toBe(200);
    });

    it('answers 204 again to a repeated call although the token is dead', async () => {
      const { access } = await start();
      const { token } = await access();
      const caller = connect(own.server.url, token);
      expect((await caller.logout({ idempotencyKey: 'bye' })).status).toBe(204);
      expect((await caller.logout({ idempotencyKey: 'bye' })).status).toBe(204);
      expect((await caller.logout({ idempotencyKey: 'another' })).status).toBe(401);
    });
  });

  describe('expire-all', () => {
    it('ends every session of the application at once, and links that nobody opened', async () => {
      const { owner, app, access } = await start();
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
      const { owner, app } = await start();
      await owner.createApplication({ name: 'Other', uid: `${app}-2` });
      const other = (await owner.access(`${app}-2`, {})).body as Access;
      await owner.expireAll(app, {});
      expect(await alive(other.token)).toBe(true);
      expect((await exchange(codeOf(other.url))).status).toBe(200);
    });

    it('ends only sessions with the given ids; an empty list means all', async () => {
      const { owner, app, access } = await start();
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
      const { owner, app, access } = await start();
      const short = await access({ expiry: 3600 });
      const long = await access();
      await owner.expireAll(app, { expiry: 7200 });
      expect((await exchange(codeOf(long.url))).status).toBe(401);
      own.server.clock.advance(3601);
      expect(await alive(short.token)).toBe(false);
      expect(await alive(long.token)).toBe(true);
      own.server.clock.advance(3600);
      expect(await alive(long.token)).toBe(false);
    });

    it.each([
      ['a negative grace', { expiry: -1 }, 'expiry'],
      ['a grace over three days', { expiry: 259_201 }, 'expiry'],
      ['1001 session ids', { sessionIds: Array.from({ length: 1001 }, (_, i) => `s${i}`) }, 'session_ids'],
      ['a session id with a blank', { sessionIds: ['a b'] }, 'session_ids'],
    ])('refuses %s with 422 and ends nothing', async (_what, input, field) => {
      const { owner, app, access } = await start();
      const { token } = await access();
      expectInvalid(await owner.expireAll(app, input), field);
      expect(await alive(token)).toBe(true);
    });
  });
});
