import { unwrap } from '@postrider/client';
import { ID_PREFIX } from '@postrider/contract';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createId } from '../../src/ids.js';
import { insertTask } from '../../src/storage/background-task.js';
import { startServer, type TestServer } from '../harness.js';
import { eventOf, listen, told } from '../operational.js';
import type { Receiver } from '../receiver.js';
import { REACH_RECEIVERS, Scene } from '../scene.js';

let server: TestServer;
let scene: Scene;
let ops: Receiver;
let endpointId: string;
beforeAll(async () => {
  server = await startServer({ ...REACH_RECEIVERS, POSTRIDER_RETRY_SCHEDULE: '' });
});
afterAll(() => server.stop());
beforeEach(async () => {
  scene = await Scene.open(server);
  ops = await scene.receiver();
  ({ id: endpointId } = await scene.endpoint(await scene.receiver()));
  await listen(scene.environment, ops, { eventTypes: ['background_task.finished', 'endpoint.deleted'] });
});
afterEach(() => scene.close());

const recover = () =>
  unwrap(
    scene.client.endpoint.recover({
      params: { app_id: scene.appId, endpoint_id: endpointId },
      body: { since: server.clock.now().toISOString() },
    }),
  );

/** A task that goes wrong at its next step for the last time. */
async function startBroken(kind: string): Promise<string> {
  const { kysely } = server.context.database;
  const createdAt = server.clock.now();
  const id = createId(ID_PREFIX.backgroundTask, createdAt);
  await kysely.transaction().execute(async (transaction) => {
    await insertTask(transaction, {
      environmentId: scene.environment.id,
      id,
      kind,
      applicationId: scene.appId,
      endpointId: null,
      input: 'nonsense',
      state: 'nonsense',
      data: { messagesSent: 3 },
      createdAt,
    });
    await transaction.updateTable('background_task').set({ failures: 9 }).where('id', '=', id).execute();
  });
  return id;
}

describe('a background task', () => {
  it('is told when it has finished, with what it came to', async () => {
    const { id } = await recover();
    const { data } = await scene.taskEnded(id);
    expect(await told(ops, 1)).toEqual([
      {
        type: 'background_task.finished',
        data: { taskId: id, task: 'endpoint.recover', status: 'finished', data },
      },
    ]);
  });

  it('is told as well when it has failed', async () => {
    const id = await startBroken('endpoint.recover');
    expect(await told(ops, 1)).toEqual([
      {
        type: 'background_task.finished',
        data: { taskId: id, task: 'endpoint.recover', status: 'failed', data: { messagesSent: 3 } },
      },
    ]);
  });

  it('of a kind that callers do not see is told to nobody', async () => {
    await scene.taskEnded(await startBroken('endpoint.cancel-msgs'));
    await unwrap(scene.client.endpoint.delete({ params: { app_id: scene.appId, endpoint_id: endpointId } }));
    await told(ops, 1);
    expect(ops.requests.map((request) => eventOf(request).type)).toEqual(['endpoint.deleted']);
  });

  it('has not ended while that cannot be told', async () => {
    const { kysely } = server.context.database;
    await sql`alter table message add constraint no_events check (application_id not like 'opapp_%') not valid`.execute(
      kysely,
    );
    const { id } = await recover();
    await expect.poll(() => server.logs.join('')).toContain('a step of a background task went wrong');
    const row = () =>
      kysely
        .selectFrom('background_task')
        .select(['status', 'failures'])
        .where('id', '=', id)
        .executeTakeFirstOrThrow();
    await expect.poll(async () => (await row()).failures).toBeGreaterThan(0);
    expect((await row()).status).toBe('running');
    await sql`alter table message drop constraint no_events`.execute(kysely);
    server.clock.advance(60);
    await scene.taskEnded(id);
    expect(await told(ops, 1)).toMatchObject([{ data: { taskId: id, status: 'finished' } }]);
  });
});
