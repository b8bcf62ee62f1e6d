import { describe, expect, test } from 'vitest';
import { ConnectionError, createClient, unwrap } from '../src/index.js';
import { applicationOut, json, standingTiming, startServer } from './harness.js';

const body = { name: 'Acme' };
const params = { app_id: 'acme' };

describe('a network that fails', () => {
  test('a connection that breaks is tried again, on PATCH as well', async () => {
    for (const method of ['create', 'patch'] as const) {
      const { url, received } = await startServer((response, _request, index) => {
        if (index < 2) response.destroy();
        else json(response, 200, applicationOut());
      });
      const client = createClient({ serverUrl: url, timing: standingTiming().timing });
      const application = await unwrap(client.application[method]({ params, body }));
      expect(application.name).toBe('Acme');
      expect(received).toHaveLength(3);
      expect(new Set(received.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
    }
  });

  test('an answer that breaks off is not an answer', async () => {
    const { url, received } = await startServer((response, _request, index) => {
      if (index > 0) return json(response, 200, applicationOut());
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '500' });
      response.write('{"id": "app_', () => response.destroy());
      return undefined;
    });
    const client = createClient({ serverUrl: url, timing: standingTiming().timing });
    expect(await unwrap(client.application.get({ params }))).toMatchObject({ name: 'Acme' });
    expect(received).toHaveLength(2);
  });

  test('no answer after the last try is a ConnectionError that says which call and why', async () => {
    const { url, received } = await startServer((response) => response.destroy());
    const client = createClient({ serverUrl: url, token: 'sk_secret', timing: standingTiming().timing });
    const error: unknown = await client.application.create({ body }).catch((thrown: unknown) => thrown);

    expect(error).toBeInstanceOf(ConnectionError);
    expect(error).toMatchObject({
      name: 'ConnectionError',
      message: 'POST /api/v1/app/ got no answer in 3 tries: other side closed',
      tries: 3,
      requestId: received[0]?.headers['x-request-id'],
    });
  });

  test('a server that does not run is a ConnectionError', async () => {
    const { url, stop } = await startServer(() => {});
    await stop();
    const client = createClient({ serverUrl: url, retries: 0 });
    await expect(client.health.ping()).rejects.toThrow(
      'GET /api/v1/health/ping/ got no answer in 1 try: connect ECONNREFUSED',
    );
  });
});
