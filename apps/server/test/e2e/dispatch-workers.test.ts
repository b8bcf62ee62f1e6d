import { unwrap } from '@postrider/client';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { WORKER_LOCK } from '../../src/storage/worker.js';
import { type Home, openHome, startServer, type TestServer } from '../harness.js';
import { idsOf, standing } from '../messages.js';
import type { Receiver } from '../receiver.js';
import { REACH_RECEIVERS, Scene } from '../scene.js';

const onPostgres = inject('database') === 'postgres';

let home: Home;
let servers: TestServer[];
let scene: Scene;
let receiver: Receiver;
const start = async (settings: Record<string, string> = {}) => {
  const server = await startServer({ ...REACH_RECEIVERS, ...settings }, home);
  servers.push(server);
  return server;
};
/** Opens the scene on a server. */
const openAt = async (server: TestServer) => {
  scene = await Scene.open(server);
  receiver = await scene.receiver();
  return scene.endpoint(receiver);
};
beforeEach(async () => {
  home = await openHome();
  servers = [];
});
afterEach(async () => {
  await scene.close();
  await Promise.all(servers.map((server) => server.stop()));
  await home.remove();
});

const kysely = () => home.database.kysely;
const workers = () => kysely().selectFrom('worker').selectAll().orderBy('number').execute();
const rowOf = (msgId: string) =>
  kysely().selectFrom('delivery').selectAll().where('message_id', '=', msgId).executeTakeFirstOrThrow();
const ago = (seconds: number) => new Date(home.clock.now().getTime() - seconds * 1000);
/** Writes into the database what a process leaves that registered and was killed. */
const leaveWorker = async (seenAt: Date) =>
  (
    await kysely()
      .insertInto('worker')
      .values({ started_at: ago(3_600), seen_at: seenAt, settled_before: 'msg_0' })
      .returning('number')
      .executeTakeFirstOrThrow()
  ).number;
const give = (msgId: string, owner: number, due_at: Date | null) =>
  kysely().updateTable('delivery').set({ owner, due_at, lease: 3 }).where('message_id', '=', msgId).execute();

describe('what a dead process had under way', () => {
  it.each([
    ['that was born in it', null],
    ['that it had claimed', 40],
  ])('%s, is taken over when another one starts', async (_name, leaseSeconds) => {
    await openAt(await start({ POSTRIDER_ROLE: 'api' }));
    const { id } = await scene.send();
    const dead = await leaveWorker(ago(5));
    await give(id, dead, leaseSeconds === null ? null : ago(-leaseSeconds));
    const next = await start();
    expect(idsOf(await receiver.waitFor(1))).toEqual([id]);
    await scene.settle();
    expect(await rowOf(id)).toMatchObject({ status: 0, owner: null, attempts: 1 });
    expect((await workers()).map((one) => one.number)).not.toContain(dead);
    expect(next.logs.join('')).toContain('"event":"worker.taken_over"');
    expect(receiver.requests).toHaveLength(1);
  });

  it('is taken over by one that runs already, at its next beat', async () => {
    await openAt(await start({ POSTRIDER_ROLE: 'api' }));
    const { id } = await scene.send();
    await give(id, -1, null);
    const running = await start();
    const dead = await leaveWorker(ago(1));
    await give(id, dead, null);
    running.clock.advance(1);
    expect(idsOf(await receiver.waitFor(1))).toEqual([id]);
  });

  it('and had done already is not sent again', async () => {
    const server = await start();
    await openAt(server);
    const { id } = await scene.send();
    await scene.recorded(id, 1);
    await scene.settle();
    await leaveWorker(ago(5));
    server.clock.advance(1);
    await expect.poll(async () => (await workers()).length).toBe(1);
    await scene.settle();
    expect(receiver.requests).toHaveLength(1);
  });
});

describe('a process', () => {
  it('says of the oldest message that is not done, also among those of one moment', async () => {
    const server = await start();
    await openAt(server);
    const release = receiver.hold();
    server.clock.stop();
    const params = { app_id: scene.appId };
    const body = { eventType: 'a', payload: {} };
    const made = await Promise.all(
      Array.from({ length: 16 }, () => unwrap(scene.client.message.create({ params, body }))),
    );
    await receiver.waitFor(16);
    server.clock.advance(1);
    const smallest = made.map((one) => one.id).sort()[0] ?? '';
    await expect.poll(async () => (await workers())[0]?.seen_at.getTime()).toBe(server.clock.now().getTime());
    const [row] = await workers();
    expect((row?.settled_before ?? '') <= smallest).toBe(true);
    release();
    await scene.settle();
    server.clock.advance(1);
    await expect
      .poll(async () => (await workers())[0]?.settled_before ?? '')
      .toSatisfy((text: string) => made.every((one) => one.id < text));
  });

  it('that was taken for dead records what it had under way, and changes nothing of the delivery', async () => {
    const endpoint = await openAt(await start());
    const release = receiver.hold();
    const { id } = await scene.send();
    await receiver.waitFor(1);
    const later = ago(-600);
    await kysely()
      .updateTable('delivery')
      .set({ owner: 4_711, lease: sql`lease + 1`, due_at: later })
      .where('message_id', '=', id)
      .execute();
    const before = await rowOf(id);
    release();
    expect(await scene.recorded(id, 1)).toMatchObject([{ status: 0 }]);
    expect(await rowOf(id)).toEqual(before);
    expect(await standing(scene, endpoint.id, id)).toBeUndefined();
  });

  it('under an old lease of its own changes nothing either', async () => {
    await openAt(await start({ POSTRIDER_RETRY_SCHEDULE: '600' }));
    const release = receiver.hold();
    receiver.reply = { status: 500 };
    const { id } = await scene.send();
    await receiver.waitFor(1);
    await kysely().updateTable('delivery').set({ lease: 7 }).where('message_id', '=', id).execute();
    const before = await rowOf(id);
    release();
    await scene.recorded(id, 1);
    expect(await rowOf(id)).toEqual(before);
  });

  it('whose registration is gone registers anew and goes on', async () => {
    const server = await start();
    await openAt(server);
    const [before] = await workers();
    await kysely().deleteFrom('worker').execute();
    server.clock.advance(1);
    await expect.poll(async () => (await workers()).length).toBe(1);
    expect((await workers())[0]?.number).not.toBe(before?.number);
    const { id } = await scene.send();
    await scene.recorded(id, 1);
  });

  it('that stops lets requests under way finish, records them, and leaves nothing', async () => {
    const server = await start();
    await openAt(server);
    const release = receiver.hold();
    const { id } = await scene.send();
    await receiver.waitFor(1);
    const stopped = server.stop();
    release();
    await stopped;
    expect(await rowOf(id)).toMatchObject({ status: 0, owner: null, attempts: 1 });
    expect(await workers()).toEqual([]);
  });

  it('that stops without patience leaves nothing either, no connection and no lock', async () => {
    const server = await start({
      POSTRIDER_DRAIN_TIMEOUT: '0',
      POSTRIDER_REQUEST_TIMEOUT: '0.3',
      POSTRIDER_RETRY_SCHEDULE: '600',
    });
    await openAt(server);
    receiver.hold();
    const { id } = await scene.send();
    await receiver.waitFor(1);
    await server.stop();
    expect(await rowOf(id)).toMatchObject({ status: 3, owner: null, attempts: 1 });
    expect(await workers()).toEqual([]);
    const { rows } = await sql`
      select 1 from pg_stat_activity
      where application_name = 'postrider worker' and datname = current_database()`.execute(kysely());
    expect(rows).toEqual([]);
  });
});

describe.runIf(onPostgres)('among several processes', () => {
  /** Registers a process that holds its lock and does nothing. */
  const hang = async (seenAt: Date) => {
    const number = await leaveWorker(seenAt);
    const session = await home.database.openSession?.();
    await session?.query('select pg_advisory_lock($1::int4, $2::int4)', [WORKER_LOCK, number]);
    return { number, end: () => session?.close() };
  };
  const beats = async (server: TestServer) => {
    for (let n = 0; n < 2; n++) {
      server.clock.advance(1);
      const now = server.clock.now().getTime();
      await expect
        .poll(async () => Math.max(...(await workers()).map((one) => one.seen_at.getTime())))
        .toBeGreaterThanOrEqual(now);
    }
  };

  it('one that lives keeps its work; one that has said nothing for a minute loses it', async () => {
    await openAt(await start({ POSTRIDER_ROLE: 'api' }));
    const { id } = await scene.send();
    const { number, end } = await hang(ago(30));
    await give(id, number, null);
    const server = await start();
    await beats(server);
    expect(await rowOf(id)).toMatchObject({ owner: number, lease: 3 });
    expect(receiver.requests).toEqual([]);
    server.clock.advance(61);
    expect(idsOf(await receiver.waitFor(1))).toEqual([id]);
    expect((await workers()).map((one) => one.number)).not.toContain(number);
    await end();
  });

  it.each([-600, 600])(
    'one whose clock differs by %d s keeps its work as long as it says something',
    async (by) => {
      await openAt(await start({ POSTRIDER_ROLE: 'api' }));
      const { id } = await scene.send();
      const { number, end } = await hang(ago(-by));
      await give(id, number, null);
      const server = await start();
      for (let n = 0; n < 3; n++) {
        await sql`update worker set seen_at = seen_at + interval '1 second' where number = ${number}`.execute(
          kysely(),
        );
        server.clock.advance(30);
        const now = server.clock.now().getTime();
        await expect
          .poll(async () => {
            const others = (await workers()).filter((one) => one.number !== number);
            return Math.max(...others.map((one) => one.seen_at.getTime()));
          })
          .toBeGreaterThanOrEqual(now);
      }
      expect(await rowOf(id)).toMatchObject({ owner: number, lease: 3 });
      expect(receiver.requests).toEqual([]);
      await end();
    },
  );

  it('one that cannot register leaves no connection behind, however often it tries', async () => {
    const server = await start();
    await openAt(server);
    const connections = async () => {
      const { rows } = await sql<{ pid: number }>`
        select pid from pg_stat_activity
        where application_name = 'postrider worker' and datname = current_database()`.execute(kysely());
      return rows.length;
    };
    await sql`alter table worker rename to worker_away`.execute(kysely());
    await sql`
      select pg_terminate_backend(pid) from pg_stat_activity
      where application_name = 'postrider worker' and datname = current_database()`.execute(kysely());
    const failures = () =>
      server.logs.filter((line) => line.includes('could not speak to the database')).length;
    await expect
      .poll(() => {
        server.clock.advance(1);
        return failures();
      })
      .toBeGreaterThan(4);
    // The last try may still hold its own.
    expect(await connections()).toBeLessThanOrEqual(1);
    await sql`alter table worker_away rename to worker`.execute(kysely());
    await expect
      .poll(() => {
        server.clock.advance(1);
        return connections();
      })
      .toBe(1);
    const { id } = await scene.send();
    await scene.recorded(id, 1);
  });

  it('one that dies is noticed by its lock, not waited for', async () => {
    await openAt(await start({ POSTRIDER_ROLE: 'api' }));
    const { id } = await scene.send();
    const { number, end } = await hang(ago(0));
    await give(id, number, null);
    const server = await start();
    await beats(server);
    expect(receiver.requests).toEqual([]);
    await end();
    server.clock.advance(1);
    expect(idsOf(await receiver.waitFor(1))).toEqual([id]);
  });

  it('one whose connection breaks goes on by itself', async () => {
    const server = await start();
    await openAt(server);
    await sql`
      select pg_terminate_backend(pid) from pg_stat_activity
      where application_name = 'postrider worker' and datname = current_database()`.execute(kysely());
    await expect
      .poll(async () => {
        server.clock.advance(1);
        const { rows } = await sql`
        select 1 from pg_stat_activity
        where application_name = 'postrider worker' and datname = current_database()`.execute(kysely());
        return rows.length;
      })
      .toBe(1);
    const sent = [await scene.send(), await scene.send()];
    for (const { id } of sent) await scene.recorded(id, 1);
    await scene.settle();
    expect(receiver.requests).toHaveLength(2);
    expect(await workers()).toHaveLength(1);
  });
});
