import { unwrap } from '@postrider/client';
import { Svix as SvixV2 } from 'svix';
import { Svix as SvixV1 } from 'svix-v1';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startServer, type TestEnvironment, type TestServer } from '../harness.js';

/** Fewest that are not all on the default page, and a few more than the largest page. */
const MANY = 253;

interface ListPage {
  readonly data: readonly { readonly id?: string; readonly name?: string }[];
  readonly iterator: string | null;
  readonly prevIterator?: string | null;
  readonly done: boolean;
}

interface ListCase {
  /** Beneath /api/v1, and from which on what is listed is `items`. */
  readonly path: string;
  readonly order: 'ascending' | 'descending';
  /** Makes item number `n` of the application `a`. */
  readonly make: (environment: TestEnvironment, n: number) => Promise<unknown>;
  /** The first page of one, by both SDKs. */
  readonly bySdk: (svix: SvixV1 | SvixV2, limit: number) => Promise<{ data: unknown[]; done: boolean }>;
}

const CASES: readonly (readonly [name: string, list: ListCase])[] = [
  [
    'applications',
    {
      path: '/app/',
      order: 'ascending',
      make: ({ client }, n) => unwrap(client.application.create({ body: { name: `n${n}` } })),
      bySdk: (svix, limit) => svix.application.list({ limit }),
    },
  ],
  [
    'endpoints',
    {
      path: '/app/a/endpoint/',
      order: 'descending',
      make: ({ client }, n) =>
        unwrap(
          client.endpoint.create({
            params: { app_id: 'a' },
            body: { url: 'https://example.com/', description: `n${n}` },
          }),
        ),
      bySdk: (svix, limit) => svix.endpoint.list('a', { limit }),
    },
  ],
  [
    'event types',
    {
      path: '/event-type/',
      order: 'ascending',
      make: ({ client }, n) =>
        unwrap(
          client.eventType.create({ body: { name: `n${String(n).padStart(3, '0')}`, description: '' } }),
        ),
      bySdk: (svix, limit) => svix.eventType.list({ limit }),
    },
  ],
];

let server: TestServer;
let environment: TestEnvironment;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());
beforeEach(async () => {
  environment = await server.createEnvironment();
});

const get = async (path: string, query = '') => {
  const answer = await fetch(`${server.url}/api/v1${path}${query}`, {
    headers: { authorization: `Bearer ${environment.key}` },
  });
  return { status: answer.status, body: (await answer.json()) as ListPage };
};
const pageOf = async (path: string, query = '') => {
  const { status, body } = await get(path, query);
  expect(status, query).toBe(200);
  return { ...body, ids: body.data.map((one) => one.id ?? one.name ?? '') };
};

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** The next id there could be. One in 62 ends in the last letter, which has no next. */
function idAfter(id: string): string {
  const at = id.search(/[^z]z*$/);
  const letter = BASE62[BASE62.indexOf(id.charAt(at)) + 1] ?? '';
  return `${id.slice(0, at)}${letter}`.padEnd(id.length, '0');
}

describe.each(CASES)('the list of %s', (name, { path, order, make, bySdk }) => {
  const fill = async (count: number) => {
    if (name === 'endpoints') await environment.client.application.create({ body: { name: 'a', uid: 'a' } });
    for (let n = 0; n < count; n++) {
      server.clock.advance(0.008);
      await make(environment, n);
    }
  };

  it('goes on from page to page, forwards and backwards, and says when it ends', async () => {
    await fill(10);
    const { ids, ...all } = await pageOf(path);
    expect(ids).toHaveLength(10);
    expect(all).toMatchObject({ iterator: ids[9], prevIterator: `-${ids[0]}`, done: true });
    const sorted = [...ids].sort();
    expect(ids).toEqual(order === 'ascending' ? sorted : sorted.reverse());
    for (const [limit, done] of [
      [1, false],
      [6, false],
      [10, true],
      [50, true],
    ] as const) {
      const page = await pageOf(path, `?limit=${limit}`);
      expect(page).toMatchObject({ ids: ids.slice(0, limit), done });
      for (const Svix of [SvixV1, SvixV2]) {
        const listed = await bySdk(new Svix(environment.key, { serverUrl: server.url }), limit);
        expect(listed).toMatchObject({ data: { length: Math.min(limit, 10) }, done });
      }
    }
    const first = await pageOf(path, '?limit=6');
    const second = await pageOf(path, `?limit=6&iterator=${first.iterator}`);
    expect(second).toMatchObject({ ids: ids.slice(6), done: true });
    const back = await pageOf(path, `?limit=3&iterator=${second.prevIterator}`);
    expect(back).toMatchObject({ ids: ids.slice(3, 6), done: false });
    expect(await pageOf(path, `?limit=3&iterator=-${ids[3]}`)).toMatchObject({
      ids: ids.slice(0, 3),
      done: true,
    });
    expect(await pageOf(path, `?iterator=${ids[9]}`)).toEqual({
      ids: [],
      data: [],
      iterator: null,
      done: true,
    });
  });

  it('goes on from what is not there any more, or never was', async () => {
    await fill(4);
    const { ids } = await pageOf(path);
    // The next id or name after the second one.
    const [second = ''] = ids.slice(1);
    const next = name === 'event types' ? `${second}a` : idAfter(second);
    const behind = order === 'ascending' ? ids.slice(2) : ids.slice(1);
    expect((await pageOf(path, `?iterator=${next}`)).ids).toEqual(behind);
    expect((await pageOf(path, `?iterator=-${next}`)).ids).toEqual(ids.slice(0, 4 - behind.length));
  });

  it('goes the other way round when that is asked for', async () => {
    await fill(10);
    const { ids } = await pageOf(path);
    const other = order === 'ascending' ? 'descending' : 'ascending';
    const reversed = [...ids].reverse();
    const first = await pageOf(path, `?limit=6&order=${other}`);
    expect(first).toMatchObject({ ids: reversed.slice(0, 6), done: false });
    const second = await pageOf(path, `?limit=6&order=${other}&iterator=${first.iterator}`);
    expect(second).toMatchObject({ ids: reversed.slice(6), done: true });
    const back = await pageOf(path, `?limit=3&order=${other}&iterator=${second.prevIterator}`);
    expect(back).toMatchObject({ ids: reversed.slice(3, 6), done: false });
  });

  it('has 50 on a page, or up to 250, and refuses what it does not understand', async () => {
    await fill(MANY);
    expect((await pageOf(path)).ids).toHaveLength(50);
    const most = await pageOf(path, '?limit=250');
    expect(most.ids).toHaveLength(250);
    expect(most.done).toBe(false);
    const last = await pageOf(path, `?limit=250&iterator=${most.iterator}`);
    expect(last).toMatchObject({ ids: { length: MANY - 250 }, done: true });
    for (const [query, field, msg] of [
      ['limit=300', 'limit', 'Given limit must not exceed 250'],
      ['limit=251', 'limit', 'Given limit must not exceed 250'],
      ['limit=0', 'limit', 'Given limit must be at least 1'],
      ['limit=-1', 'limit', expect.any(String)],
      ['limit=1.5', 'limit', expect.any(String)],
      ['limit=many', 'limit', expect.any(String)],
      ['iterator=a%20b', 'iterator', expect.stringMatching(/^Invalid/)],
      ['order=sideways', 'order', expect.any(String)],
    ] as const) {
      const { status, body } = await get(path, `?${query}`);
      expect(status, query).toBe(422);
      expect(body, query).toMatchObject({ detail: [{ msg, type: expect.any(String) }] });
      const [{ loc }] = (body as unknown as { detail: [{ loc: string[] }] }).detail;
      expect(loc.slice(0, 2), query).toEqual(['query', field]);
    }
    // What is not known is let pass: clients send more than the service has.
    expect((await pageOf(path, '?limit=1&with_everything=yes')).ids).toHaveLength(1);
  });
});
