import { createClient, unwrap } from '@postrider/client';
import { afterEach, describe, expect, it } from 'vitest';
import { PLACES, type ServerProcess, startProcess } from '../process.js';
import { Receiver } from '../receiver.js';

const API_KEY = 'sk_faultfaultfaultfault';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

describe.each(PLACES)('on %s', (_name, makePlace) => {
  it('SIGKILL while a receiver does not answer: the next process sends again, and records that once', async () => {
    const place = await makePlace();
    cleanups.push(() => place.remove());
    const receiver = await Receiver.start();
    cleanups.push(() => receiver.stop());
    const start = async (): Promise<ServerProcess> => {
      const server = await startProcess({
        ...place.settings,
        POSTRIDER_API_KEY: API_KEY,
        POSTRIDER_ALLOW_SUBNETS: '127.0.0.0/8',
      });
      cleanups.push(() => server.end('SIGKILL'));
      return server;
    };
    const first = await start();
    const client = createClient({ serverUrl: first.url, token: API_KEY });
    const { id: app_id } = await unwrap(client.application.create({ body: { name: 'Hanging' } }));
    await unwrap(client.endpoint.create({ params: { app_id }, body: { url: receiver.url } }));
    const release = receiver.hold();
    const { id: msg_id } = await unwrap(
      client.message.create({ params: { app_id }, body: { eventType: 'a.b', payload: {} } }),
    );
    await receiver.waitFor(1);
    await first.end('SIGKILL');
    release();
    const next = createClient({ serverUrl: (await start()).url, token: API_KEY });
    const requests = await receiver.waitFor(2);
    expect(requests.map((one) => one.headers['svix-id'])).toEqual([msg_id, msg_id]);
    const attempts = async () =>
      (await unwrap(next.messageAttempt.listByMsg({ params: { app_id, msg_id }, query: {} }))).data;
    await expect
      .poll(async () => (await attempts()).map((one) => one.status), { timeout: 30_000 })
      .toEqual([0]);
    expect(receiver.requests).toHaveLength(2);
  });
});
