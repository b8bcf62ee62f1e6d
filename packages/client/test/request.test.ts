import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { queryString } from '../src/address.js';
import { createClient, unwrap, VERSION } from '../src/index.js';
import { applicationOut, json, raw, startServer } from './harness.js';

afterEach(() => {
  vi.unstubAllGlobals();
});

const page = { data: [], iterator: null, done: true };

async function recordingServer() {
  const server = await startServer((response, { method, url }) => {
    if (method === 'DELETE') response.writeHead(204).end();
    else if (url.includes('/ping')) raw(response, 204, '', { 'content-type': 'application/json' });
    else json(response, 200, /\/app\/(\?|$)/.test(url) ? page : applicationOut());
  });
  return { ...server, client: createClient({ serverUrl: server.url }) };
}

describe('paths', () => {
  test('a path parameter reaches the server as it was given, whatever it holds', async () => {
    const { client, received } = await recordingServer();
    for (const app_id of ['a/b', 'a?b', 'a#b', '50%', 'ü €', '...', 'a:b', '$&']) {
      await client.application.get({ params: { app_id } });
      const path = received.at(-1)?.url ?? '';
      expect(path).toMatch(/^\/api\/v1\/app\/[^/?#]+\/$/);
      expect(decodeURIComponent(path.split('/')[4] ?? '')).toBe(app_id);
    }
  });

  test('an empty path parameter is refused, since the request would be about all applications', async () => {
    const { client, received } = await recordingServer();
    const call = client.application.delete({ params: { app_id: '' } });
    await expect(call).rejects.toThrow(
      new TypeError('path parameter app_id must be a string that is not empty'),
    );
    expect(received).toEqual([]);
  });

  test('a path parameter that URLs would take for a step upwards is refused', async () => {
    const { client, received } = await recordingServer();
    for (const app_id of ['.', '..']) {
      await expect(client.application.delete({ params: { app_id } })).rejects.toThrow(TypeError);
    }
    expect(received).toEqual([]);
  });

  test('a missing path parameter is refused, in JavaScript as well', async () => {
    const { client, received } = await recordingServer();
    // @ts-expect-error: the type demands it
    await expect(client.application.delete({ params: {} })).rejects.toThrow(TypeError);
    // @ts-expect-error: the type demands it
    await expect(client.application.delete()).rejects.toThrow(TypeError);
    expect(received).toEqual([]);
  });

  test('operations are the same functions at every look, fit for lists of dependencies', async () => {
    const { client } = await recordingServer();
    expect(client.application.list).toBe(client.application.list);
  });
});

describe('queries', () => {
  test('lists are joined by commas', async () => {
    const { client, received } = await recordingServer();
    const query = { limit: 2, event_types: ['invoice.paid', 'invoice.voided'] };
    await client.application.list({ query });
    const { searchParams } = new URL(received[0]?.url ?? '', 'http://a.example');
    expect(Object.fromEntries(searchParams)).toEqual({
      limit: '2',
      event_types: 'invoice.paid,invoice.voided',
    });
  });

  test('dates are in ISO 8601, and what is not given is left out', () => {
    const after = new Date('2026-11-24T09:00:00Z');
    expect(queryString({ after, before: undefined, order: null, types: [] })).toBe(
      '?after=2026-11-24T09%3A00%3A00.000Z',
    );
    expect(queryString({ content: false, dates: [after, after] })).toBe(
      '?content=false&dates=2026-11-24T09%3A00%3A00.000Z%2C2026-11-24T09%3A00%3A00.000Z',
    );
    expect(queryString({ a: 'x&y=z' })).toBe('?a=x%26y%3Dz');
    expect(queryString({})).toBe('');
    expect(queryString(undefined)).toBe('');
  });
});

describe('addresses', () => {
  test('trailing slashes of serverUrl do no harm, and a path before the API is kept', async () => {
    const { url, received } = await recordingServer();
    await createClient({ serverUrl: `${url}//` }).application.list();
    await createClient({ serverUrl: `${url}/hooks/` }).application.list();
    expect(received.map((request) => request.url)).toEqual(['/api/v1/app/', '/hooks/api/v1/app/']);
  });

  test('an empty serverUrl is the origin of the page in a browser', async () => {
    vi.stubGlobal('location', new URL('https://portal.example/login'));
    const asked: string[] = [];
    const client = createClient({
      serverUrl: '',
      fetch: async (input) => {
        asked.push(input instanceof Request ? input.url : String(input));
        return Response.json(page);
      },
    });
    await client.application.list({ query: { limit: 1 } });
    expect(asked).toEqual(['/api/v1/app/?limit=1']);
  });

  test('a serverUrl that no call could reach is refused at once', () => {
    for (const serverUrl of ['', '  ', '/api', 'a.example', 'ftp://a.example', 'https://a.example/?x=1']) {
      expect(() => createClient({ serverUrl })).toThrow(TypeError);
    }
  });

  test('a password in serverUrl is refused without showing it', () => {
    const create = () => createClient({ serverUrl: 'https://me:hunter2@a.example' });
    expect(create).toThrow(new TypeError('serverUrl must not hold a user name or password'));
  });
});

describe('headers and bodies', () => {
  test('a call says who calls, what it takes and what it brings', async () => {
    const { client, url, received } = await recordingServer();
    await client.application.get({ params: { app_id: 'acme' } });
    await createClient({ serverUrl: url, userAgent: 'acme/1' }).application.patch({
      params: { app_id: 'acme' },
      body: { name: 'Acme', uid: null },
    });
    expect(received[0]?.headers).toMatchObject({
      accept: 'application/json',
      'user-agent': `postrider-client/${VERSION}`,
    });
    expect(received[0]?.headers['content-type']).toBeUndefined();
    expect(received[1]?.headers).toMatchObject({
      'user-agent': 'acme/1',
      'content-type': 'application/json',
    });
    expect(received[1]?.body).toBe('{"name":"Acme","uid":null}');
  });

  test('VERSION is that of the package', () => {
    const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
    expect(manifest).toMatchObject({ version: VERSION });
  });

  test('a 204 has no body', async () => {
    const { client } = await recordingServer();
    const result = await client.application.delete({ params: { app_id: 'acme' } });
    expect(result).toMatchObject({ status: 204, body: undefined });
    expect(await unwrap(client.health.ping())).toBeUndefined();
  });

  test('a fetch that replaces the global later is the one that is used', async () => {
    const client = createClient({ serverUrl: 'http://a.example' });
    vi.stubGlobal('fetch', async () => Response.json(page));
    expect(await unwrap(client.application.list())).toEqual(page);
  });
});
