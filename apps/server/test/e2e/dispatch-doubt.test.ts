import { unwrap } from '@postrider/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Database, Statement } from '../../src/database/database.js';
import { type Home, openHome, startServer, type TestServer } from '../harness.js';
import { idsOf } from '../messages.js';
import type { Receiver } from '../receiver.js';
import { REACH_RECEIVERS, Scene } from '../scene.js';

/** The home as seen by a process whose connection breaks under one statement: before it is run or after. */
const breaking = (home: Home, breaks: (name: string) => 'before' | 'after' | undefined): Home => {
  const run: Database['run'] = async <Row>(statement: Statement, parameters: readonly unknown[]) => {
    const when = breaks(statement.name);
    if (when === 'before') throw new Error('Connection terminated unexpectedly');
    const rows = await home.database.run<Row>(statement, parameters);
    if (when === 'after') throw new Error('Connection terminated unexpectedly');
    return rows;
  };
  return { ...home, database: { ...home.database, run } };
};

let home: Home;
let servers: TestServer[];
let scene: Scene;
let receiver: Receiver;
let breaks: (name: string) => 'before' | 'after' | undefined;
const start = async () => {
  const server = await startServer(
    REACH_RECEIVERS,
    breaking(home, (name) => breaks(name)),
  );
  servers.push(server);
  return server;
};
beforeEach(async () => {
  home = await openHome();
  servers = [];
  breaks = () => undefined;
  scene = await Scene.open(await start());
  receiver = await scene.receiver();
  await scene.endpoint(receiver);
});
afterEach(async () => {
  await scene.close();
  await Promise.all(servers.map((server) => server.stop()));
  await home.remove();
});

/** Breaks the connection under the next accept. */
const breakAccept = (when: 'before' | 'after') => {
  breaks = (name) => {
    if (name !== 'accept') return undefined;
    breaks = () => undefined;
    return when;
  };
};
const create = (server: TestServer) =>
  server.as(scene.environment.key).message.create({
    params: { app_id: scene.appId },
    body: { eventType: 'invoice.paid', payload: { n: 1 } },
    headers: { 'idempotency-key': 'the-one' },
  });
const stored = async () =>
  (await home.database.kysely.selectFrom('message').select('id').execute()).map((one) => one.id);

describe('a message whose commit is not answered', () => {
  it('is 503 and, where it was stored, delivered all the same, once', async () => {
    breakAccept('after');
    await expect(create(scene.server)).rejects.toMatchObject({ status: 503 });
    scene.server.clock.advance(2);
    expect(idsOf(await receiver.waitFor(1))).toEqual(await stored());
    scene.server.clock.advance(31);
    await scene.settle();
    const again = await unwrap(create(scene.server));
    expect([again.id]).toEqual(await stored());
    expect(receiver.requests).toHaveLength(1);
  });

  it('is 503 and, where it was not stored, made by the repeated call', async () => {
    breakAccept('before');
    await expect(create(scene.server)).rejects.toMatchObject({ status: 503 });
    const { id } = await unwrap(create(scene.server));
    expect(idsOf(await receiver.waitFor(1))).toEqual([id]);
  });

  it('is delivered by the next process where this one stops before it is known', async () => {
    breakAccept('after');
    await expect(create(scene.server)).rejects.toMatchObject({ status: 503 });
    await scene.server.stop();
    const next = await start();
    expect(idsOf(await receiver.waitFor(1))).toEqual(await stored());
    await scene.settle();
    expect([(await unwrap(create(next))).id]).toEqual(await stored());
    expect(receiver.requests).toHaveLength(1);
  });
});

describe('a clock that is put back', () => {
  it('by an hour does not put off what somebody else makes due', async () => {
    const { id } = await scene.send();
    await scene.recorded(id, 1);
    await scene.settle();
    scene.server.clock.advance(-3_600);
    const { kysely } = home.database;
    const due = scene.server.clock.now();
    await kysely
      .updateTable('delivery')
      .set({ status: 1, due_at: due })
      .where('message_id', '=', id)
      .execute();
    await kysely
      .insertInto('endpoint_work')
      .columns(['application_id', 'endpoint_id', 'next_due_at'])
      .expression(
        kysely
          .selectFrom('delivery')
          .select((field) => ['application_id', 'endpoint_id', field.val(due).as('next_due_at')])
          .where('message_id', '=', id),
      )
      .execute();
    expect(idsOf(await receiver.waitFor(2))).toEqual([id, id]);
  });
});
