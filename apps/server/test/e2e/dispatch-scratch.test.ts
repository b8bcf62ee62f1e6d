import { afterAll, beforeAll, it } from 'vitest';
import { startServer, type TestServer } from '../harness.js';
import { REACH_RECEIVERS, Scene } from '../scene.js';

let server: TestServer;
beforeAll(async () => { server = await startServer(REACH_RECEIVERS); });
afterAll(() => server.stop());

it('drain', async () => {
  const scene = await Scene.open(server);
  const receiver = await scene.receiver();
  const release = receiver.hold();
  await scene.endpoint(receiver);
  for (let i = 0; i < 40; i++) await Promise.all(Array.from({ length: 50 }, () => scene.send()));
  console.log('held', receiver.requests.length);
  const t = performance.now();
  release();
  for (const n of [200, 500, 1000, 1500, 2000]) { await receiver.waitFor(n); console.log(n, Math.round(performance.now() - t)); }
  await scene.settle();
  console.log('settled', Math.round(performance.now() - t));
  await scene.close();
});
