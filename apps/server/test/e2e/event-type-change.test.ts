import type { EventTypeOut } from '@postrider/contract';
import { Svix as SvixV2 } from 'svix';
import { Svix as SvixV1 } from 'svix-v1';
import { describe, expect, it } from 'vitest';
import { BARE_EVENT_TYPE, eventTypesOf, type Input } from '../event-types.js';
import { Owner } from '../owner.js';
import { bodyOf, openSession } from '../sessions.js';

const own = Owner.use();
const { create, get, put, patch, remove, list, namesIn, schemas } = eventTypesOf(own);

describe('change', () => {
  it('PUT makes what is not there, with the name of the path', async () => {
    expect(await put('a', { name: 'b', description: 'A', schemas })).toMatchObject({
      status: 201,
      body: { name: 'a', description: 'A', archived: false, schemas },
    });
    expect((await get('b')).status).toBe(404);
  });

  it('PUT replaces everything and brings back what is archived', async () => {
    const made = await bodyOf<EventTypeOut>(
      create({ name: 'a', description: 'A', schemas, deprecated: true, featureFlags: ['x'], groupName: 'g' }),
    );
    await remove('a');
    const { status, body } = await put('a', { description: 'B' });
    expect(status).toBe(200);
    expect(body).toEqual({
      ...made,
      description: 'B',
      ...BARE_EVENT_TYPE,
      updatedAt: expect.any(String),
    });
    expect(await put('a', { description: 'B', archived: true })).toMatchObject({ body: { archived: true } });
  });

  it('PUT refuses a name that nothing could have', async () => {
    expect(await put('a b', { description: '' })).toMatchObject({
      status: 422,
      body: { detail: [{ loc: ['path', 'event_type_name', '__all__'], type: 'value_error' }] },
    });
  });

  it('PUT twice at once makes one', async () => {
    const made = await Promise.all([1, 2, 3].map(() => put('a', { description: '' })));
    expect(made.map((one) => one.status).sort((a, b) => a - b)).toEqual([200, 200, 201]);
  });

  it('PATCH changes what is given, null clears, absent leaves', async () => {
    const made = await bodyOf<EventTypeOut>(
      create({ name: 'a', description: 'A', schemas, featureFlags: ['x'], groupName: 'g' }),
    );
    const steps: [Input, Input][] = [
      [{ description: 'B' }, { description: 'B' }],
      [{ schemas: {} }, { schemas: {} }],
      [{ schemas: null }, { schemas: null }],
      [{ archived: true }, { archived: true }],
      [{ deprecated: true }, { deprecated: true }],
      [{ featureFlag: 'y' }, { featureFlag: 'y', featureFlags: ['y'] }],
      [{ featureFlags: ['y', 'z'] }, { featureFlag: 'y', featureFlags: ['y', 'z'] }],
      [{ featureFlags: [] }, { featureFlag: null, featureFlags: null }],
      [{ groupName: null }, { groupName: null }],
      [{}, {}],
    ];
    let expected: Input = made;
    for (const [change, effect] of steps) {
      expected = { ...expected, ...effect, updatedAt: expect.any(String) };
      expect(await patch('a', change)).toMatchObject({ status: 200, body: expected });
      expect((await get('a')).body).toEqual(expected);
    }
    for (const name of ['description', 'archived', 'deprecated']) {
      expect((await patch('a', { [name]: null })).status).toBe(422);
    }
  });

  it('moves updatedAt on, not createdAt', async () => {
    const made = await bodyOf<EventTypeOut>(create({ name: 'a', description: '' }));
    own.server.clock.advance(5);
    const changed = await bodyOf<EventTypeOut>(patch('a', { description: 'b' }));
    expect(changed.createdAt).toBe(made.createdAt);
    expect(Date.parse(changed.updatedAt) - Date.parse(made.updatedAt)).toBeGreaterThanOrEqual(5000);
  });

  it('DELETE archives, again and again; expunge removes', async () => {
    await create({ name: 'a', description: 'A', schemas });
    expect((await remove('a')).status).toBe(204);
    expect((await remove('a')).status).toBe(204);
    expect(await get('a')).toMatchObject({ status: 200, body: { archived: true, schemas } });
    expect((await remove('a', { expunge: true })).status).toBe(204);
    expect((await get('a')).status).toBe(404);
    expect((await remove('a')).status).toBe(404);
    expect((await remove('a', { expunge: true })).status).toBe(404);
    expect((await patch('a', {})).status).toBe(404);
  });

  it('is 404 for a name with a zero', async () => {
    expect((await get('\0')).status).toBe(404);
    expect((await put('\0', { description: '' })).status).toBe(404);
  });
});

describe('official clients', () => {
  it('svix 1.99 makes, reads, updates, patches, lists and deletes', async () => {
    const svix = new SvixV1(own.environment.key, { serverUrl: own.server.url });
    const made = await svix.eventType.create({ name: 'a', description: 'A', schemas, featureFlag: 'x' });
    expect(made).toMatchObject({ name: 'a', schemas, featureFlag: 'x', createdAt: expect.any(Date) });
    expect(await svix.eventType.get('a')).toEqual(made);
    expect(await svix.eventType.update('a', { description: 'B' })).toMatchObject({ description: 'B' });
    expect(await svix.eventType.patch('a', { deprecated: true })).toMatchObject({ deprecated: true });
    expect(await svix.eventType.list({ withContent: true })).toMatchObject({ data: [{ name: 'a' }] });
    await svix.eventType.delete('a', { expunge: true });
    await expect(svix.eventType.get('a')).rejects.toMatchObject({ code: 404, body: { code: 'not_found' } });
  });

  it('svix 2 makes, reads, upserts, patches, lists and deletes', async () => {
    const svix = new SvixV2(own.environment.key, { serverUrl: own.server.url });
    const made = await svix.eventType.create({ name: 'a', description: 'A', schemas, featureFlags: ['x'] });
    expect(made).toMatchObject({ name: 'a', schemas, featureFlags: ['x'], createdAt: expect.any(Date) });
    expect(await svix.eventType.get('a')).toEqual(made);
    expect(await svix.eventType.upsert('b', { description: 'B', groupName: 'g' })).toMatchObject({
      name: 'b',
      groupName: 'g',
    });
    expect(await svix.eventType.patch('a', { deprecated: true })).toMatchObject({ deprecated: true });
    expect((await svix.eventType.list({ withContent: true })).data.map((one) => one.name)).toEqual([
      'a',
      'b',
    ]);
    await svix.eventType.delete('a');
    expect((await svix.eventType.list()).data.map((one) => one.name)).toEqual(['b']);
    await expect(svix.eventType.create({ name: 'b', description: '' })).rejects.toMatchObject({ code: 409 });
  });
});

describe('access', () => {
  it('two environments see nothing of each other', async () => {
    const other = await own.server.createEnvironment();
    await create({ name: 'a', description: 'mine' });
    const theirs = other.client.eventType;
    const params = { event_type_name: 'a' };
    expect((await theirs.get({ params })).status).toBe(404);
    expect((await theirs.patch({ params, body: {} })).status).toBe(404);
    expect((await theirs.delete({ params, query: { expunge: true } })).status).toBe(404);
    expect((await theirs.list({ query: {} })).body).toMatchObject({ data: [] });
    expect((await theirs.upsert({ params, body: { description: 'theirs' } })).status).toBe(201);
    expect((await get('a')).body).toMatchObject({ description: 'mine' });
  });

  it('a portal session reads, and changes nothing', async () => {
    await own.environment.client.application.create({ body: { name: 'A', uid: 'a' } });
    await create({ name: 'a', description: '', schemas });
    const { eventType } = await openSession(own.server, own.environment, 'a');
    const params = { event_type_name: 'a' };
    expect(await eventType.get({ params })).toMatchObject({ status: 200, body: { schemas } });
    expect(namesIn(await eventType.list({ query: {} }))).toEqual(['a']);
    for (const answer of [
      await eventType.create({ body: { name: 'b', description: '' } }),
      await eventType.upsert({ params, body: { description: '' } }),
      await eventType.patch({ params, body: {} }),
      await eventType.delete({ params, query: {} }),
    ]) {
      expect(answer).toMatchObject({ status: 403, body: { code: 'insufficient access' } });
    }
  });

  it('nobody reads without a token', async () => {
    expect((await own.server.as(undefined).eventType.list({ query: {} })).status).toBe(401);
    expect(
      (await own.server.as('sk_unknown').eventType.create({ body: { name: 'a', description: '' } })).status,
    ).toBe(401);
  });

  it.each([
    ['no flags', [], ['open']],
    ['another flag', ['other'], ['open']],
    ['one of two flags', ['beta'], ['both', 'open']],
    ['the flag of both', ['gamma', 'other'], ['both', 'gamma', 'open']],
  ])('a portal session with %s sees what its flags allow', async (_name, featureFlags, visible) => {
    await own.environment.client.application.create({ body: { name: 'A', uid: 'a' } });
    await create({ name: 'open', description: '' });
    await create({ name: 'gamma', description: '', featureFlag: 'gamma' });
    await create({ name: 'both', description: '', featureFlags: ['beta', 'gamma'] });
    const { eventType } = await openSession(
      own.server,
      own.environment,
      'a',
      featureFlags.length === 0 ? {} : { featureFlags },
    );
    expect(namesIn(await eventType.list({ query: { with_content: true } }))).toEqual(visible);
    for (const event_type_name of ['open', 'gamma', 'both']) {
      const { status } = await eventType.get({ params: { event_type_name } });
      expect(status, event_type_name).toBe(visible.includes(event_type_name) ? 200 : 404);
    }
    expect(namesIn(await list())).toEqual(['both', 'gamma', 'open']);
  });
});
