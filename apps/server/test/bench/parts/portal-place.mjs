// A large customer, as their portal sees them: 10 000 endpoints with attempts, 1 000 event types.
import { readFile } from 'node:fs/promises';
import { call, openConnections } from './load.mjs';
import { API_KEY, startServer } from './server.mjs';

/** Endpoints that are made through the API; the others are stored by SQL. */
const MADE = 10;
/** Event types that scale-seed.sql makes, all in one group. */
const PLAIN_TYPES = 60;

const createApi = (url) => {
  const connections = openConnections(url, 1);
  const headers = { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' };
  const ask = async (method, path, expect, body) =>
    JSON.parse(
      await call(connections, {
        method,
        path: `/api/v1${path}`,
        headers,
        expect,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    );
  return {
    get: (path) => ask('GET', path, 200),
    post: (path, body, expect = 201) => ask('POST', path, expect, body),
    close: () => connections.close(),
  };
};

/** Works with the API of a server that is there only for that. */
async function withServer(place, work) {
  const server = await startServer(place);
  const api = createApi(server.url);
  try {
    return await work(api);
  } finally {
    await api.close();
    await server.end();
  }
}

/**
 * Stores the customer in a place without a running server.
 *
 * @param amounts `endpoints` and `eventTypes` in all, `messages` with two deliveries each, `broadcasts` to all endpoints
 */
export async function fillPortal(place, { endpoints, eventTypes, messages, broadcasts }) {
  await withServer(place, async (api) => {
    await api.post('/app/', { name: 'Harbour Coffee Roasters', uid: 'scale-0' });
    for (let number = 0; number < MADE; number++) {
      await api.post('/app/scale-0/endpoint/', { url: `https://example.com/hooks/${number}` });
    }
  });
  const settings = {
    applications: 1,
    messages,
    waiting: Math.round(messages / 10),
    heavy: 0,
    event_types: PLAIN_TYPES,
    endpoints: endpoints - MADE,
    catalogue: eventTypes - PLAIN_TYPES,
    broadcasts,
  };
  const seeds = await Promise.all(
    ['../scale-seed.sql', '../portal-seed.sql'].map((name) =>
      readFile(new URL(name, import.meta.url), 'utf8'),
    ),
  );
  await place.withDatabase(async (run) => {
    for (const [name, value] of Object.entries(settings)) await run(`set scale.${name} = '${value}'`);
    for (const seed of seeds) await run(seed);
    await run('vacuum (analyze)');
  });
}

/** What the screens show: an endpoint with many attempts, one of the added, an ordinary message and a broadcast. */
async function findTargets(api) {
  const app = await api.get('/app/scale-0/');
  const made = await api.get(`/app/scale-0/endpoint/?limit=${MADE}`);
  const busy = made.data.at(-1);
  const added = await api.get('/app/scale-0/endpoint/large-1/');
  const attempts = await api.get(`/app/scale-0/attempt/endpoint/${busy.id}/?limit=50`);
  const broadcast = await api.get('/app/scale-0/msg/broadcast-1/');
  return {
    app: app.id,
    endpoint: busy.id,
    quiet: added.id,
    iterator: made.data.at(-1).id,
    message: attempts.data.at(-1).msgId,
    broadcast: broadcast.id,
    eventType: 'billing0.invoice.created_0',
  };
}

/** A server on a filled place; `link` makes a magic link to a page of the portal. */
export async function openPortal(place) {
  const server = await startServer(place);
  const api = createApi(server.url);
  try {
    const targets = await findTargets(api);
    return {
      url: server.url,
      targets,
      link: async (next) => {
        const access = await api.post('/auth/app-portal-access/scale-0/', {}, 200);
        const { pathname, hash } = new URL(access.url);
        return `${server.url}${pathname}?next=${encodeURIComponent(next)}${hash}`;
      },
      end: async () => {
        await api.close();
        await server.end();
      },
    };
  } catch (error) {
    await api.close();
    await server.end();
    throw error;
  }
}
