import { describe, expect, test } from 'vitest';
import { ApiError, createClient, paginate } from '../src/index.js';
import { applicationOut, json, startServer } from './harness.js';

interface PageOut {
  readonly ids: readonly string[];
  readonly iterator?: string | null;
  readonly prevIterator?: string;
  readonly done: boolean;
}

/** A server that answers the pages in their order, the last one over and over. */
async function listServer(...pages: PageOut[]) {
  const server = await startServer((response, _request, index) => {
    const { ids, ...page } = pages[Math.min(index, pages.length - 1)] ?? { ids: [], done: true };
    json(response, 200, { iterator: ids.at(-1) ?? null, ...page, data: ids.map((id) => applicationOut(id)) });
  });
  return {
    list: createClient({ serverUrl: server.url, retries: 0 }).application.list,
    queries: () => server.received.map(({ url }) => new URL(url, 'http://a.example').search),
  };
}

async function idsOf(items: AsyncIterable<{ id: string }>): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id } of items) ids.push(id);
  return ids;
}

describe('walking a list', () => {
  test('every item of three pages comes once and in order', async () => {
    const { list, queries } = await listServer(
      { ids: ['app_1', 'app_2'], done: false },
      { ids: ['app_3', 'app_4'], done: false },
      { ids: ['app_5'], done: true },
    );
    expect(await idsOf(paginate(list, {}))).toEqual(['app_1', 'app_2', 'app_3', 'app_4', 'app_5']);
    expect(queries()).toEqual(['', '?iterator=app_2', '?iterator=app_4']);
  });

  test('the input goes with every page, and is not changed', async () => {
    const { list, queries } = await listServer({ ids: ['app_2'], done: false }, { ids: [], done: true });
    const input = { query: { limit: 1, order: 'ascending', iterator: 'app_1' } } as const;
    await idsOf(paginate(list, input));
    expect(queries()).toEqual([
      '?limit=1&order=ascending&iterator=app_1',
      '?limit=1&order=ascending&iterator=app_2',
    ]);
    expect(input.query.iterator).toBe('app_1');
  });

  test('a page is only asked for when its turn comes', async () => {
    const { list, queries } = await listServer({ ids: ['app_1', 'app_2'], done: false });
    for await (const { id } of paginate(list, {})) {
      expect(queries()).toHaveLength(1);
      if (id === 'app_2') break;
    }
    expect(queries()).toHaveLength(1);
  });

  test('from an iterator that goes back, the list is walked backwards to its start', async () => {
    const { list, queries } = await listServer(
      { ids: ['app_3', 'app_4'], prevIterator: '-app_3', done: false },
      { ids: ['app_1', 'app_2'], prevIterator: '-app_1', done: true },
    );
    const ids = await idsOf(paginate(list, { query: { iterator: '-app_5' } }));
    expect(ids).toEqual(['app_4', 'app_3', 'app_2', 'app_1']);
    expect(queries()).toEqual(['?iterator=-app_5', '?iterator=-app_3']);
  });

  test('with `after` alone, where the server begins at the old end, nothing is left out', async () => {
    const { list, queries } = await listServer(
      { ids: ['app_2', 'app_1'], prevIterator: '-app_2', done: false },
      { ids: ['app_4', 'app_3'], prevIterator: '-app_4', done: true },
    );
    const input = { query: { limit: 2, after: '2026-11-24T09:00:00Z' } };
    expect(await idsOf(paginate(list, input))).toEqual(['app_1', 'app_2', 'app_3', 'app_4']);
    expect(queries().at(-1)).toBe('?limit=2&after=2026-11-24T09%3A00%3A00Z&iterator=-app_2');
  });

  test('with `after` and `before` it goes from new to old as ever', async () => {
    const { list } = await listServer(
      { ids: ['app_4', 'app_3'], prevIterator: '-app_4', done: false },
      { ids: ['app_2'], prevIterator: '-app_2', done: true },
    );
    const input = { query: { limit: 2, after: '2026-11-24T09:00:00Z', before: '2026-11-25T09:00:00Z' } };
    expect(await idsOf(paginate(list, input))).toEqual(['app_4', 'app_3', 'app_2']);
  });
});

describe('coming to an end', () => {
  test('an empty page ends the list even if the server says that there is more', async () => {
    const { list, queries } = await listServer(
      { ids: ['app_1'], done: false },
      { ids: [], iterator: 'app_9', done: false },
    );
    expect(await idsOf(paginate(list, {}))).toEqual(['app_1']);
    expect(queries()).toHaveLength(2);
  });

  test('a page without an iterator is the last one', async () => {
    const { list, queries } = await listServer({ ids: ['app_1'], iterator: null, done: false });
    expect(await idsOf(paginate(list, {}))).toEqual(['app_1']);
    expect(queries()).toHaveLength(1);
  });

  test('an iterator that does not advance is an error, not a loop and not a list cut short', async () => {
    const { list, queries } = await listServer({ ids: ['app_1'], done: false });
    await expect(idsOf(paginate(list, {}))).rejects.toThrow(
      'the list does not advance: iterator app_1 came twice',
    );
    expect(queries()).toHaveLength(2);
  });

  test('iterators that go in a circle are an error', async () => {
    const { list, queries } = await listServer(
      { ids: ['app_1'], done: false },
      { ids: ['app_2'], done: false },
      { ids: ['app_1'], done: false },
    );
    await expect(idsOf(paginate(list, {}))).rejects.toThrow('came twice');
    expect(queries()).toHaveLength(3);
  });

  test('an error in the middle is thrown after the items before it', async () => {
    const { url } = await startServer((response, _request, index) =>
      index === 0
        ? json(response, 200, { data: [applicationOut('app_1')], iterator: 'app_1', done: false })
        : json(response, 401, { code: 'authentication_failed', detail: 'Expired' }),
    );
    const ids: string[] = [];
    const walk = async () => {
      for await (const { id } of paginate(createClient({ serverUrl: url }).application.list, {}))
        ids.push(id);
    };
    await expect(walk()).rejects.toThrow(ApiError);
    expect(ids).toEqual(['app_1']);
  });
});
