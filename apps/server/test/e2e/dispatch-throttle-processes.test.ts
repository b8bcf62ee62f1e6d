import { unwrap } from '@postrider/client';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { type Home, openHome, startServer, type TestServer } from '../harness.js';
import type { Receiver } from '../receiver.js';
import { REACH_RECEIVERS, Scene } from '../scene.js';

const RATE = 3;
const COUNT = 18;

// The embedded database has room for one process.
describe.runIf(inject('database') === 'postgres')('two processes on one database', () => {
  let home: Home;
  let servers: TestServer[];
  let scene: Scene;
  let receiver: Receiver;
  beforeEach(async () => {
    home = await openHome();
    servers = [await startServer(REACH_RECEIVERS, home), await startServer(REACH_RECEIVERS, home)];
    home.clock.stop();
    scene = await Scene.open(servers[0] as TestServer);
    receiver = await scene.receiver();
  });
  afterEach(async () => {
    await scene.close();
    await Promise.all(servers.map((server) => server.stop()));
    await home.remove();
  });

  const underWay = async () => {
    const query = home.database.kysely.selectFrom('delivery').select('message_id');
    return (await query.where('owner', 'is not', null).execute()).length;
  };

  it.each(['an endpoint', 'an application'])(
    'together send as many in each second as the rate of %s allows',
    async (whose) => {
      const params = { app_id: scene.appId };
      await scene.endpoint(receiver, whose === 'an endpoint' ? { throttleRate: RATE } : {});
      if (whose === 'an application') {
        await unwrap(scene.client.application.patch({ params, body: { throttleRate: RATE } }));
      }
      const body = { eventType: 'a', payload: {} };
      await Promise.all(
        Array.from({ length: COUNT }, (_, n) =>
          unwrap((servers[n % 2] as TestServer).as(scene.environment.key).message.create({ params, body })),
        ),
      );
      for (let due = RATE; ; due += RATE) {
        await expect.poll(() => receiver.requests.length, { timeout: 30_000, interval: 5 }).toBe(due);
        await expect.poll(underWay, { timeout: 30_000, interval: 5 }).toBe(0);
        expect(receiver.requests).toHaveLength(due);
        if (due === COUNT) break;
        home.clock.advance(1);
      }
      await scene.settle();
    },
  );
});
