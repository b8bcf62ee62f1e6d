import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { startServer, type TestServer } from '../harness.js';

let server: TestServer | undefined;
afterEach(() => server?.stop());

const read = async (token?: string) => {
  const answer = await fetch(
    `${server?.url}/metrics`,
    token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } },
  );
  return { status: answer.status, text: await answer.text() };
};
const value = (text: string, name: string): number =>
  Number(new RegExp(`^${name.replace(/[{}"]/g, '\\$&')} (.+)$`, 'm').exec(text)?.[1]);

it('counts what is accepted, tried, delivered and retried', async () => {
  server = await startServer({ POSTRIDER_ALLOW_SUBNETS: '127.0.0.0/8', POSTRIDER_RETRY_SCHEDULE: '3600' });
  const { client } = await server.createEnvironment();
  let got: () => void = () => {};
  const receiver = createServer((request, response) => {
    request.resume();
    response.statusCode = request.url === '/bad' ? 500 : 200;
    response.end();
    got();
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const { port } = receiver.address() as AddressInfo;
  try {
    await client.application.create({ body: { name: 'Counted', uid: 'counted' } });
    for (const path of ['good', 'bad']) {
      await client.endpoint.create({
        params: { app_id: 'counted' },
        body: { url: `http://127.0.0.1:${port}/${path}` },
      });
    }
    const both = new Promise<void>((resolve) => {
      let left = 2;
      got = () => {
        left -= 1;
        if (left === 0) resolve();
      };
    });
    const sent = await client.message.create({
      params: { app_id: 'counted' },
      query: {},
      body: { eventType: 'a.b', payload: {} },
    });
    expect(sent.status).toBe(202);
    await both;
    await expect.poll(async () => value((await read()).text, 'postrider_deliveries_retried_total')).toBe(1);
    // What waits is counted anew when that is 5 seconds old.
    server.clock.advance(5);
    const { text } = await read();
    expect(value(text, 'postrider_messages_accepted_total')).toBe(1);
    expect(value(text, 'postrider_attempts_total{outcome="success"}')).toBe(1);
    expect(value(text, 'postrider_attempts_total{outcome="failure"}')).toBe(1);
    expect(value(text, 'postrider_first_attempt_delay_seconds_count')).toBe(2);
    expect(value(text, 'postrider_queue_depth')).toBe(1);
    expect(value(text, 'postrider_queue_age_seconds')).toBe(0);
    expect(text).toContain('postrider_http_request_duration_seconds_bucket');
    expect(text).toContain('nodejs_eventloop_lag_seconds');
    server.clock.advance(2 * 3_600);
    await expect.poll(async () => value((await read()).text, 'postrider_deliveries_exhausted_total')).toBe(1);
  } finally {
    receiver.close();
    receiver.closeAllConnections();
  }
});

it('counts the queue once in five seconds, however often it is read', async () => {
  server = await startServer({ POSTRIDER_ROLE: 'api' });
  server.clock.stop();
  const { client } = await server.createEnvironment();
  await client.application.create({ body: { name: 'Waits', uid: 'waits' } });
  const params = { app_id: 'waits' };
  await client.endpoint.create({ params, body: { url: 'https://example.com/' } });
  const send = () => client.message.create({ params, body: { eventType: 'a.b', payload: {} } });
  const depth = async () => value((await read()).text, 'postrider_queue_depth');
  const age = async () => value((await read()).text, 'postrider_queue_age_seconds');
  expect(await Promise.all([depth(), depth()])).toEqual([0, 0]);
  expect((await send()).status).toBe(202);
  server.clock.advance(4.999);
  expect([await depth(), await age()]).toEqual([0, 0]);
  server.clock.advance(0.001);
  expect([await depth(), await age()]).toEqual([1, 5]);
  expect((await send()).status).toBe(202);
  server.clock.advance(-60);
  expect([await depth(), await age()]).toEqual([2, 0]);
});

it('wants the token that the configuration names', async () => {
  server = await startServer({ POSTRIDER_METRICS_TOKEN: 'scrape-me' });
  expect((await read()).status).toBe(401);
  expect((await read('wrong')).status).toBe(401);
  expect((await read('scrape-me')).status).toBe(200);
});

it('a process that only makes deliveries serves its health and metrics, not the API', async () => {
  server = await startServer({
    POSTRIDER_ROLE: 'worker',
    // The harness brings its own database; the setting only says that there could be others.
    POSTRIDER_DATABASE_URL: 'postgres://unused',
  });
  const { key } = await server.createEnvironment();
  const call = (path: string) =>
    fetch(`${server?.url}${path}`, { headers: { authorization: `Bearer ${key}` } });
  expect((await call('/api/v1/health/ping')).status).toBe(204);
  expect((await call('/metrics')).status).toBe(200);
  expect((await call('/api/v1/app')).status).toBe(404);
});
