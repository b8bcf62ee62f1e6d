import { Ordering, Svix as SvixV2 } from 'svix';
import { Svix as SvixV1 } from 'svix-v1';
import { describe, expect, it } from 'vitest';
import { applicationWith, Owner } from '../owner.js';

const own = Owner.use(applicationWith('a', 'event.started', 'event.ended'));

const url = 'https://example.com/hook';
const SECRET = `whsec_${'e'.repeat(32)}`;
const ZEROS = { success: 0, pending: 0, sending: 0, fail: 0, canceled: 0 };
const GONE = { code: 404, body: { code: 'not_found', detail: 'Entity not found' } };

/** Pages of a list of either generation, to its end. */
async function walk(
  list: (
    iterator: string | null,
  ) => Promise<{ data: { uid?: string | null }[]; iterator: string | null; done: boolean }>,
): Promise<unknown[]> {
  const seen: unknown[] = [];
  let iterator: string | null = null;
  for (let done = false; !done; ) {
    const page = await list(iterator);
    seen.push(...page.data.map((one) => one.uid));
    ({ iterator, done } = page);
  }
  return seen;
}

describe('svix 1.99', () => {
  it('manages endpoints', async () => {
    const { endpoint } = new SvixV1(own.environment.key, { serverUrl: own.server.url });
    const made = await endpoint.create('a', {
      url,
      uid: 'e',
      version: 1,
      rateLimit: 5,
      filterTypes: ['event.started'],
      channels: ['ch0', 'ch1'],
      secret: SECRET,
      metadata: { a: 'b' },
    });
    expect(made).toMatchObject({
      rateLimit: 5,
      version: 1,
      metadata: { a: 'b' },
      createdAt: expect.any(Date),
    });
    expect([...(made.channels ?? [])].sort()).toEqual(['ch0', 'ch1']);
    expect(await endpoint.get('a', 'e')).toEqual(made);
    const patched = await endpoint.patch('a', made.id, { filterTypes: ['event.started', 'event.ended'] });
    expect([...(patched.filterTypes ?? [])].sort()).toEqual(['event.ended', 'event.started']);
    expect(await endpoint.update('a', 'e', { url: 'https://b.example', version: 2, uid: 'e' })).toMatchObject(
      {
        url: 'https://b.example/',
        version: 2,
        filterTypes: null,
      },
    );
    for (const uid of ['f', 'g', 'h']) await endpoint.create('a', { url, uid });
    expect(await walk((iterator) => endpoint.list('a', { limit: 2, iterator }))).toEqual([
      'h',
      'g',
      'f',
      'e',
    ]);
    await endpoint.delete('a', made.id);
    await expect(endpoint.get('a', made.id)).rejects.toMatchObject(GONE);
  });

  it('manages secret, headers and statistics', async () => {
    const { endpoint } = new SvixV1(own.environment.key, { serverUrl: own.server.url });
    await endpoint.create('a', { url, uid: 'e', secret: SECRET });
    expect(await endpoint.getSecret('a', 'e')).toEqual({ key: SECRET });
    await endpoint.rotateSecret('a', 'e', {});
    expect((await endpoint.getSecret('a', 'e')).key).not.toBe(SECRET);
    await endpoint.updateHeaders('a', 'e', { headers: { 'X-A': '1', Authorization: 'x' } });
    await endpoint.patchHeaders('a', 'e', { headers: { 'X-B': '2' } });
    expect(await endpoint.getHeaders('a', 'e')).toEqual({
      headers: { 'X-A': '1', 'X-B': '2' },
      sensitive: ['Authorization'],
    });
    expect(await endpoint.getStats('a', 'e', { since: new Date(Date.now() - 1000) })).toEqual(ZEROS);
    await expect(endpoint.getSecret('a', 'f')).rejects.toMatchObject(GONE);
  });
});

describe('svix 2', () => {
  it('manages endpoints', async () => {
    const { endpoint } = new SvixV2(own.environment.key, { serverUrl: own.server.url });
    const made = await endpoint.create('a', {
      url,
      uid: 'e',
      throttleRate: 5,
      eventTypes: ['event.started'],
      channels: ['ch0', 'ch1'],
      secret: SECRET,
      headers: { 'X-A': '1' },
      metadata: { a: 'b' },
    });
    expect(made).toMatchObject({ throttleRate: 5, metadata: { a: 'b' }, createdAt: expect.any(Date) });
    expect(await endpoint.get('a', 'e')).toEqual(made);
    const patched = await endpoint.patch('a', made.id, { eventTypes: ['event.started', 'event.ended'] });
    expect([...(patched.eventTypes ?? [])].sort()).toEqual(['event.ended', 'event.started']);
    expect((await endpoint.patch('a', made.id, { channels: null })).channels ?? null).toBeNull();
    expect(await endpoint.upsert('a', 'e', { url: 'https://b.example', uid: 'e' })).toMatchObject({
      url: 'https://b.example/',
    });
    for (const uid of ['f', 'g', 'h']) await endpoint.create('a', { url, uid });
    expect(
      await walk((iterator) => endpoint.list('a', { limit: 2, iterator, order: Ordering.Ascending })),
    ).toEqual(['e', 'f', 'g', 'h']);
    await endpoint.delete('a', made.id);
    await expect(endpoint.get('a', made.id)).rejects.toMatchObject(GONE);
    await expect(endpoint.create('a', { url: 'ftp://a.b' })).rejects.toMatchObject({
      code: 422,
      body: { detail: [{ loc: ['body', 'url'] }] },
    });
  });

  it('manages secret, headers and statistics', async () => {
    const { endpoint } = new SvixV2(own.environment.key, { serverUrl: own.server.url });
    await endpoint.create('a', { url, uid: 'e', secret: SECRET });
    expect(await endpoint.getSecret('a', 'e')).toEqual({ key: SECRET });
    await endpoint.rotateSecret('a', 'e', { gracePeriodSeconds: 0 });
    expect((await endpoint.getSecret('a', 'e')).key).not.toBe(SECRET);
    await endpoint.setHeaders('a', 'e', { headers: { 'X-A': '1', Authorization: 'x' } });
    await endpoint.patchHeaders('a', 'e', { headers: { 'X-B': '2' }, deleteHeaders: ['X-A'] });
    expect(await endpoint.getHeaders('a', 'e')).toEqual({
      headers: { 'X-B': '2' },
      sensitive: ['Authorization'],
    });
    expect(await endpoint.getStats('a', 'e', { since: new Date(Date.now() - 1000) })).toEqual(ZEROS);
  });

  it('takes every combination of channels, metadata and secret, also as nulls', async () => {
    const { endpoint } = new SvixV2(own.environment.key, { serverUrl: own.server.url });
    for (const channels of [['c'], null]) {
      for (const metadata of [{ a: 'b' }, undefined]) {
        for (const secret of [SECRET, null]) {
          const made = await endpoint.create('a', { url, channels, metadata, secret } as never);
          expect(made.channels ?? null).toEqual(channels);
          expect(made.metadata).toEqual(metadata ?? {});
          const { key } = await endpoint.getSecret('a', made.id);
          if (secret) expect(key).toBe(secret);
        }
      }
    }
  });
});
