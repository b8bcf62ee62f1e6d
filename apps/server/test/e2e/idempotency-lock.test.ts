import { randomBytes } from 'node:crypto';
import { unwrap } from '@postrider/client';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type Answer, identifyRequest, LOOK_MS, RENEW_MS, runOnce } from '../../src/http/idempotency.js';
import { takeIdempotentCall } from '../../src/storage/idempotency-key.js';
import { startServer, type TestServer } from '../harness.js';

/*
 * The lock of a call with an idempotency key: 15 s, renewed every 5 s for as long as the call takes. Time stands still in
 * these tests, so what is waited for is said by the clock: whoever begins to wait for RENEW_MS has taken or renewed the
 * lock, whoever waits for LOOK_MS has just seen that another one has it.
 */

const LOCK_SECONDS = 15;
const RENEW_SECONDS = RENEW_MS / 1000;

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
  server.clock.stop();
});
afterAll(() => server.stop());

/** Something that is settled by hand. */
function manual<T>() {
  let resolve: (value: T) => void = () => {};
  let reject: (error: Error) => void = () => {};
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

/** Begins a call and waits until it has the lock. */
async function begin<T>(call: () => Promise<T>): Promise<Promise<T>[]> {
  const locked = server.clock.nextWait(RENEW_MS);
  const answer = call();
  await locked;
  // In a list: a promise in a promise would be waited for.
  return [answer];
}

/** Begins a repeat and waits until it has seen that it must wait. */
async function beginToWait<T>(call: () => Promise<T>): Promise<Promise<T>[]> {
  const looked = server.clock.nextWait(LOOK_MS);
  const answer = call();
  await looked;
  return [answer];
}

/** Lets time pass as the renewal sees it: one renewal after the other. */
async function pass(seconds: number): Promise<void> {
  for (let passed = 0; passed < seconds; passed += RENEW_SECONDS) {
    const renewed = server.clock.nextWait(RENEW_MS);
    server.clock.advance(RENEW_SECONDS);
    await renewed;
  }
}

describe('a call that takes longer than its lock', () => {
  const request = () => identifyRequest(randomBytes(8).toString('hex'), 'key', '/api/v1/app/');
  /** Work that never should begin. */
  const never = (): Promise<Answer> => Promise.reject(new Error('it ran twice'));
  const run = (call: ReturnType<typeof request>, work: () => Promise<Answer>) =>
    runOnce(server.context, call, work);

  it('keeps it: a repeat waits and gets the answer of the first', async () => {
    const [call, work] = [request(), manual<Answer>()];
    const [first] = await begin(() => run(call, () => work.promise));
    await pass(LOCK_SECONDS);
    const [second] = await beginToWait(() => run(call, never));
    await pass(LOCK_SECONDS + RENEW_SECONDS);
    // It has looked again since, and goes on waiting.
    await server.clock.nextWait(LOOK_MS);
    work.resolve({ status: 201, body: { id: 'made once' } });
    expect(await Promise.all([first, second])).toEqual([
      { status: 201, body: { id: 'made once' } },
      { status: 201, body: { id: 'made once' } },
    ]);
  });

  it('and longer than a repeat waits: that is told 409, and one after the end gets the answer', async () => {
    const [call, work] = [request(), manual<Answer>()];
    const [first] = await begin(() => run(call, () => work.promise));
    const [second] = await beginToWait(() => run(call, never));
    const refused = expect(second).rejects.toMatchObject({ status: 409, code: 'conflict' });
    await pass(30);
    await refused;
    work.resolve({ status: 204, body: undefined });
    await first;
    expect(await run(call, never)).toEqual({ status: 204 });
  });

  it.each([
    ['fails', (work: ReturnType<typeof manual<Answer>>) => work.reject(new Error('out of order'))],
    [
      'is refused',
      (work: ReturnType<typeof manual<Answer>>) => work.resolve({ status: 422, body: { detail: [] } }),
    ],
  ])('and then %s lets the repeat go on at once', async (_how, end) => {
    const [call, work] = [request(), manual<Answer>()];
    const [first] = await begin(() => run(call, () => work.promise));
    const settled = Promise.allSettled([first]);
    const [second] = await beginToWait(() => run(call, async () => ({ status: 201, body: 'by the second' })));
    await pass(LOCK_SECONDS + RENEW_SECONDS);
    end(work);
    await settled;
    expect(await second).toEqual({ status: 201, body: 'by the second' });
  });

  it('is not renewed once it is over', async () => {
    const call = request();
    const locked = server.clock.nextWait(RENEW_MS);
    await run(call, async () => ({ status: 422, body: {} }));
    await locked;
    const rows = await server.context.database.kysely
      .selectFrom('idempotency_key')
      .select('owner')
      .where('id', '=', call.id)
      .execute();
    expect(rows).toEqual([]);
    server.clock.advance(RENEW_SECONDS);
    expect(await run(call, async () => ({ status: 200, body: 'anew' }))).toEqual({
      status: 200,
      body: 'anew',
    });
  });

  it('loses it with its process: after 15 s the repeat makes the call, and no late answer replaces its own', async () => {
    const [call, late] = [request(), manual<Answer>()];
    const [first] = await begin(() => run(call, () => late.promise));
    // The process hung so long that its time is over, as the database sees it.
    await server.context.database.kysely
      .updateTable('idempotency_key')
      .set({ locked_until: server.clock.now() })
      .where('id', '=', call.id)
      .execute();
    const made = await run(call, async () => ({ status: 201, body: 'by the second' }));
    late.resolve({ status: 201, body: 'late' });
    expect(await first).toEqual({ status: 201, body: 'late' });
    expect(await run(call, never)).toEqual(made);
  });

  it('of a process that died is made by who repeats it, not before 15 s are over', async () => {
    const call = request();
    const now = server.clock.now();
    await takeIdempotentCall(server.context.database.kysely, {
      id: call.id,
      owner: 'a dead process',
      now,
      lockedUntil: new Date(now.getTime() + LOCK_SECONDS * 1000),
      expiresAt: new Date(now.getTime() + 3_600_000),
    });
    let runs = 0;
    const [answer] = await beginToWait(() =>
      run(call, async () => {
        runs += 1;
        return { status: 200, body: 'made' };
      }),
    );
    server.clock.advance(LOCK_SECONDS - 1);
    await server.clock.nextWait(LOOK_MS);
    await server.clock.nextWait(LOOK_MS);
    expect(runs).toBe(0);
    server.clock.advance(1);
    expect(await answer).toEqual({ status: 200, body: 'made' });
    expect(runs).toBe(1);
  });
});

// The embedded database has one connection: while somebody holds a lock there, nobody can look.
describe.runIf(inject('database') === 'postgres')('over HTTP, while the database lets the first wait', () => {
  it('a repeat waits longer than the lock and gets the first answer; one that waits for 30 s gets 409', async () => {
    const environment = await server.createEnvironment();
    const create = (name: string) =>
      environment.client.application.create({ body: { name }, headers: { 'idempotency-key': 'long' } });
    const [held, over] = [manual<void>(), manual<void>()];
    const holding = server.context.database.kysely.transaction().execute(async (transaction) => {
      await sql`lock table application in exclusive mode`.execute(transaction);
      held.resolve();
      await over.promise;
    });
    await held.promise;
    const [first] = await begin(() => create('first'));
    const [impatient] = await beginToWait(() => create('impatient'));
    await pass(LOCK_SECONDS);
    const [second] = await beginToWait(() => create('second'));
    await pass(LOCK_SECONDS);
    expect(await impatient).toMatchObject({ status: 409, body: { code: 'conflict' } });
    over.resolve();
    await holding;
    const [made, repeated] = await Promise.all([first, second]);
    expect(made).toMatchObject({ status: 201, body: { name: 'first' } });
    expect(repeated).toMatchObject({ status: 201, body: made?.body });
    const { data } = await unwrap(environment.client.application.list({ query: {} }));
    expect(data).toHaveLength(1);
  });
});
