import { type Client, unwrap } from '@postrider/client';
import type { BackgroundTaskOut, EndpointOut } from '@postrider/contract';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { maintain } from '../../src/maintenance.js';
import { claimTask, releaseTasksOf } from '../../src/storage/background-task.js';
import { defineKind, type RunnableKind, startTask, type TaskKind } from '../../src/tasks/kind.js';
import { TaskRunner } from '../../src/tasks/runner.js';
import { startServer, type TestServer } from '../harness.js';
import { REACH_RECEIVERS, Scene } from '../scene.js';
import { openSession } from '../sessions.js';

let server: TestServer;
let scene: Scene;
let endpoint: EndpointOut;
beforeAll(async () => {
  server = await startServer({ ...REACH_RECEIVERS, POSTRIDER_RETRY_SCHEDULE: '' });
});
afterAll(() => server.stop());
beforeEach(async () => {
  scene = await Scene.open(server);
  endpoint = await scene.endpoint(await scene.receiver());
});
afterEach(() => scene.close());

const since = '2026-01-01T00:00:00Z';
type Query = NonNullable<NonNullable<Parameters<Client['backgroundTask']['list']>[0]>['query']>;
const list = async (query: Query = {}) => unwrap(scene.client.backgroundTask.list({ query }));
const idsOf = (tasks: readonly BackgroundTaskOut[]) => tasks.map(({ id }) => id);

/** Starts a replay in a tick of its own and waits until it has ended. */
async function replay(app_id = scene.appId, endpoint_id = endpoint.id): Promise<string> {
  server.clock.advance(0.008);
  const call = { params: { app_id, endpoint_id }, body: { since } };
  const { id } = await unwrap(scene.client.endpoint.replayMissing(call));
  await scene.taskEnded(id);
  return id;
}

describe('list and get', () => {
  it('newest first, by status and kind, page by page', async () => {
    const ids = [await replay(), await replay(), await replay()];
    const newest = [...ids].reverse();
    expect(idsOf((await list()).data)).toEqual(newest);
    expect(idsOf((await list({ order: 'ascending' })).data)).toEqual(ids);
    const first = await list({ limit: 2 });
    expect(first).toMatchObject({ done: false, iterator: newest[1] });
    const second = await list({ limit: 2, iterator: newest[1] as string });
    expect(idsOf(second.data)).toEqual(newest.slice(2));
    expect(second.done).toBe(true);
    expect(idsOf((await list({ iterator: `-${newest[2]}` })).data)).toEqual(newest.slice(0, 2));
    expect((await list({ status: 'running' })).data).toEqual([]);
    expect((await list({ status: 'finished', task: 'endpoint.replay' })).data).toHaveLength(3);
    expect((await list({ task: 'endpoint.recover' })).data).toEqual([]);
  });

  it('shows id, kind, status, data and time', async () => {
    const id = await replay();
    expect(await unwrap(scene.client.backgroundTask.get({ params: { task_id: id } }))).toEqual({
      id,
      task: 'endpoint.replay',
      status: 'finished',
      data: { messagesSent: 0 },
      updatedAt: expect.stringMatching(/Z$/),
    });
  });

  it('refuses what cannot be', async () => {
    const { backgroundTask } = scene.client;
    for (const query of [
      { status: 'lost' },
      { task: 'endpoint.cancel-msgs' },
      { iterator: 'msg_1' },
      { limit: 0 },
    ]) {
      expect((await backgroundTask.list({ query: query as never })).status).toBe(422);
    }
    expect((await backgroundTask.get({ params: { task_id: 'qtask_1' } })).status).toBe(404);
  });

  it('a portal session sees those of its application, another environment none', async () => {
    const own = await replay();
    const other = await unwrap(scene.client.application.create({ body: { name: 'Other' } }));
    const body = { url: 'http://127.0.0.1:9/' };
    const { id } = await unwrap(scene.client.endpoint.create({ params: { app_id: other.id }, body }));
    const foreign = await replay(other.id, id);
    const session = await openSession(server, scene.environment, scene.appId, { capabilities: ['ViewBase'] });
    expect(idsOf((await unwrap(session.backgroundTask.list({ query: {} }))).data)).toEqual([own]);
    expect((await session.backgroundTask.get({ params: { task_id: own } })).status).toBe(200);
    expect((await session.backgroundTask.get({ params: { task_id: foreign } })).status).toBe(404);
    const stranger = await server.createEnvironment();
    expect((await unwrap(stranger.client.backgroundTask.list({ query: {} }))).data).toEqual([]);
    expect((await stranger.client.backgroundTask.get({ params: { task_id: own } })).status).toBe(404);
  });
});

it('ended tasks are kept for 90 days; metrics and log tell of each', async () => {
  const id = await replay();
  await maintain(server.context);
  expect(idsOf((await list()).data)).toEqual([id]);
  server.clock.advance(91 * 86_400);
  await maintain(server.context);
  expect((await list()).data).toEqual([]);
  const metrics = await server.context.metrics.registry.metrics();
  for (const outcome of ['started', 'finished']) {
    expect(metrics).toMatch(
      new RegExp(`postrider_background_tasks_total\\{task="endpoint.replay",outcome="${outcome}"\\} [1-9]`),
    );
    const told = server.logs.filter((line) => line.includes(`"background_task.${outcome}"`));
    expect(told.some((line) => line.includes(id))).toBe(true);
  }
});

describe('the runner', () => {
  const State = z.object({ done: z.number() });
  const Input = z.object({ most: z.number() });
  const begin = { state: { done: 0 }, data: {} };
  type Made = TaskKind<{ most: number }>;

  /** What steps do in these tests; kept apart from the server's own runner by a kind that it does not know. */
  let effect: (id: string, done: number) => void;
  const counting: Made = defineKind({
    name: 'sdk.generate',
    input: Input,
    state: State,
    begin,
    step: async (_ctx, transaction, { id, input, state }) => {
      const done = state.done + 1;
      await transaction
        .updateTable('application')
        .set({ name: `step ${done}` })
        .where('id', '=', scene.appId)
        .execute();
      effect(id, done);
      return { state: { done }, data: { done }, next: done === input.most ? 'finished' : 'more' };
    },
  });
  const nobody = {
    accept: async () => undefined,
    wake: () => {},
    wakeTasks: () => {},
    inFlight: 0,
  };
  // It makes no deliveries and does no tasks: whoever makes steps here is made by the test.
  let quiet: TestServer;
  let stop: AbortController;
  let running: Promise<void>;
  beforeAll(async () => {
    quiet = await startServer({ POSTRIDER_ROLE: 'api' });
  });
  afterAll(() => quiet.stop());
  beforeEach(async () => {
    await scene.close();
    scene = await Scene.open(quiet);
    endpoint = await scene.endpoint('https://example.com/');
    stop = new AbortController();
    running = Promise.resolve();
    effect = () => {};
  });
  afterEach(async () => {
    stop.abort();
    await running;
  });

  const context = () => ({ ...quiet.context, dispatch: nobody });
  const owner = () => ({
    environmentId: scene.environment.id,
    applicationId: scene.appId,
    endpointId: endpoint.id,
  });
  const rowOf = (id: string) =>
    quiet.context.database.kysely
      .selectFrom('background_task')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
  const run = (kinds: readonly RunnableKind[]) => {
    running = new TaskRunner(context(), () => 9_001, kinds).run(stop.signal);
  };
  const start = (most: number) => {
    quiet.clock.advance(0.008);
    return startTask(context(), quiet.context.database.kysely, counting, owner(), { most });
  };

  it('a step that goes wrong leaves nothing, is made again, and after ten times the task has failed', async () => {
    effect = () => {
      throw new Error('no');
    };
    const { id } = await start(2);
    run([counting]);
    for (let fault = 0; fault < 10; fault++) {
      await expect
        .poll(async () => (await rowOf(id)).failures, { timeout: 30_000, interval: 10 })
        .toBeGreaterThanOrEqual(fault + 1);
      quiet.clock.advance(61);
    }
    expect(await rowOf(id)).toMatchObject({ status: 'failed', state: { done: 0 }, due_at: null });
    const app = await unwrap(scene.client.application.get({ params: { app_id: scene.appId } }));
    expect(app.name).toBe('Acme');
  });

  it('of two tasks of an endpoint the younger waits; what a dead process had goes on', async () => {
    const { kysely } = quiet.context.database;
    const [older, younger] = [await start(2), await start(1)];
    const order: string[] = [];
    effect = (id) => order.push(id);
    const now = quiet.clock.now();
    const later = (seconds: number) => new Date(now.getTime() + seconds * 1000);
    expect(await claimTask(kysely, 77, [counting.name], now, later(60))).toMatchObject({ id: older.id });
    expect(await claimTask(kysely, 78, [counting.name], later(1), later(60))).toBeUndefined();
    run([counting]);
    await releaseTasksOf(kysely, 78, now);
    expect(await rowOf(older.id)).toMatchObject({ owner: 77, state: { done: 0 } });
    await releaseTasksOf(kysely, 77, now);
    await scene.taskEnded(younger.id);
    expect(order).toEqual([older.id, older.id, younger.id]);
    expect(await rowOf(older.id)).toMatchObject({ status: 'finished', data: { done: 2 }, owner: null });
  });

  it('a task of a kind that this process does not know, as of a newer one, is left to who does', async () => {
    const { kysely } = quiet.context.database;
    const newer = await start(1);
    await kysely
      .updateTable('background_task')
      .set({ kind: 'application.newer', endpoint_id: null })
      .where('id', '=', newer.id)
      .execute();
    const known = await start(1);
    run([counting]);
    await scene.taskEnded(known.id);
    expect(await rowOf(newer.id)).toMatchObject({ status: 'running', owner: null, failures: 0 });
    await kysely.deleteFrom('background_task').where('id', '=', newer.id).execute();
  });

  it('a process whose step was taken over changes nothing', async () => {
    const { kysely } = quiet.context.database;
    const { id } = await start(1);
    effect = () => {};
    const taken: RunnableKind = {
      ...counting,
      transactional: undefined,
      repeatable: async () => {
        await kysely.updateTable('background_task').set({ owner: 78 }).where('id', '=', id).execute();
        return { state: { done: 9 }, data: { done: 9 }, next: 'finished' };
      },
    };
    run([taken]);
    await expect.poll(async () => (await rowOf(id)).owner).toBe(78);
    stop.abort();
    await running;
    expect(await rowOf(id)).toMatchObject({ status: 'running', state: { done: 0 }, owner: 78 });
  });
});
