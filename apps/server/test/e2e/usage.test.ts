import { unwrap } from '@postrider/client';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { recordAttempts } from '../../src/storage/record.js';
import { attemptAt } from '../attempts.js';
import { startServer, type TestServer } from '../harness.js';
import { Scene } from '../scene.js';

const HOUR = 3_600_000;

let server: TestServer;
let scene: Scene;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());
beforeEach(async () => {
  scene = await Scene.open(server);
  return () => scene.close();
});

const ago = (ms: number) => new Date(server.clock.now().getTime() - ms);
const taskEnded = async (id: string) => (await scene.taskEnded(id)).data;

it("counts the attempts of applications, for both generations of the SDK, and of one's own environment", async () => {
  const { client, appId } = scene;
  await client.application.create({ body: { name: 'quiet', uid: 'quiet' } });
  const other = await Scene.open(server);
  const endpoint = { applicationId: appId, endpointId: 'ep_x' };
  await recordAttempts(server.context.database, [
    attemptAt(ago(2 * HOUR), endpoint),
    attemptAt(ago(2 * HOUR), { ...endpoint, status: 2 }),
    attemptAt(ago(9 * HOUR), endpoint),
    attemptAt(ago(2 * HOUR), { ...endpoint, applicationId: other.appId }),
  ]);
  const period = { since: ago(3 * HOUR), until: ago(HOUR) };
  for (const sdk of scene.sdks) {
    const all = await sdk.statistics.aggregateAppStats(period);
    expect(all).toMatchObject({ task: 'application.stats', status: 'running', unresolvedAppIds: [] });
    const { appStats } = (await taskEnded(all.id)) as { appStats: unknown[] };
    expect(appStats).toHaveLength(2);
    expect(appStats).toContainEqual({ appId, appUid: null, messageDestinations: 2 });
    expect(appStats).toContainEqual({
      appId: expect.any(String),
      appUid: 'quiet',
      messageDestinations: 0,
    });
    const some = await sdk.statistics.aggregateAppStats({ ...period, appIds: ['quiet', other.appId] });
    expect(some.unresolvedAppIds).toEqual([other.appId]);
    expect(await taskEnded(some.id)).toMatchObject({ appStats: [{ appUid: 'quiet' }] });
  }
});

it('refuses periods that end before they begin, and applications of which none is there', async () => {
  const period = { since: ago(HOUR).toISOString(), until: ago(0).toISOString() };
  const start = (body: { since: string; until: string; appIds?: string[] }) =>
    scene.client.statistics.aggregateAppStats({ body });
  expect(await start({ ...period, appIds: ['nobody'] })).toMatchObject({
    status: 422,
    body: { detail: [{ loc: ['body', 'appIds'] }] },
  });
  expect(await start({ since: period.until, until: period.since })).toMatchObject({
    status: 422,
    body: { detail: [{ loc: ['body', 'until'] }] },
  });
});

it('gathers the event types that endpoints listen to, of more applications than a step looks at', async () => {
  const { client } = scene;
  for (const name of ['a.b', 'a.c']) await client.eventType.create({ body: { name, description: name } });
  await scene.endpoint('https://example.com/', { eventTypes: ['a.b'] });
  await scene.endpoint('https://example.com/', { eventTypes: ['a.c', 'a.b'] });
  await scene.endpoint('https://example.com/');
  for (let n = 0; n < 55; n++) await client.application.create({ body: { name: `${n}`, uid: `many-${n}` } });
  const many = await unwrap(client.application.get({ params: { app_id: 'many-7' } }));
  for (const sdk of scene.sdks) {
    const started = await sdk.statistics.aggregateEventTypes();
    expect(started).toMatchObject({ task: 'event-type.aggregate', status: 'running' });
    const { event_types: listened } = (await taskEnded(started.id)) as { event_types: unknown[] };
    expect(listened).toHaveLength(56);
    expect(listened).toContainEqual({
      appId: scene.appId,
      explicitlySubscribedEventTypes: ['a.b', 'a.c'],
      hasCatchAllEndpoint: true,
    });
    expect(listened).toContainEqual({
      appId: many.id,
      explicitlySubscribedEventTypes: [],
      hasCatchAllEndpoint: false,
    });
  }
});
