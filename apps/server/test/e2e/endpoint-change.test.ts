import type { EndpointOut } from '@postrider/contract';
import { describe, expect, it } from 'vitest';
import { BARE_ENDPOINT, endpointsOf, type Input } from '../endpoints.js';
import { Owner } from '../owner.js';
import { bodyOf } from '../sessions.js';

const own = Owner.use(async ({ client }) => {
  for (const uid of ['a', 'b']) await client.application.create({ body: { name: uid, uid } });
});
const { call, create, made, at, get, put, patch, remove, list, defineTypes } = endpointsOf(own);

describe('change', () => {
  const full = {
    description: 'A',
    throttleRate: 5,
    uid: 'x',
    version: 2,
    disabled: true,
    eventTypes: ['t'],
    channels: ['c'],
    metadata: { k: 'v' },
  };

  it('PATCH changes what is given, null clears, absent leaves', async () => {
    await defineTypes('t', 'u');
    let expected: Input = await made(full);
    const id = expected['id'] as string;
    const steps: [Input, Input][] = [
      [{ description: 'B' }, { description: 'B' }],
      [{ rateLimit: 6 }, { throttleRate: 6, rateLimit: 6 }],
      [{ throttleRate: null }, { throttleRate: null, rateLimit: null }],
      [{ uid: 'y' }, { uid: 'y' }],
      [{ uid: null }, { uid: null }],
      [{ url: 'HTTP://Other.example' }, { url: 'http://other.example/' }],
      [{ version: 9 }, { version: 9 }],
      [{ disabled: false }, { disabled: false, disabledReason: null, disabledAt: null }],
      [
        { disabled: true },
        { disabled: true, disabledReason: 'operator', disabledAt: expect.stringMatching(/Z$/) },
      ],
      [{ filterTypes: ['u'] }, { eventTypes: ['u'], filterTypes: ['u'] }],
      [{ eventTypes: null }, { eventTypes: null, filterTypes: null }],
      [{ eventTypes: ['t', 'u', 't'] }, { eventTypes: ['t', 'u'], filterTypes: ['t', 'u'] }],
      [{ filterTypes: [] }, { eventTypes: null, filterTypes: null }],
      [{ channels: ['d', 'e'] }, { channels: ['d', 'e'] }],
      [{ channels: null }, { channels: null }],
      [{ metadata: { l: 'w' } }, { metadata: { l: 'w' } }],
      [{ metadata: {} }, { metadata: {} }],
      [{ metadata: null }, { metadata: {} }],
      [{}, {}],
    ];
    for (const [change, effect] of steps) {
      expected = { ...expected, ...effect, updatedAt: expect.any(String) };
      const answer = await patch(id, change);
      expect(answer.status, JSON.stringify(change)).toBe(200);
      expect(answer.body).toEqual(expected);
      expect((await get(id)).body).toEqual({ ...expected, failingSince: null });
    }
    for (const name of ['description', 'url', 'version', 'disabled']) {
      expect((await patch(id, { [name]: null })).status, name).toBe(422);
    }
    expect((await patch(id, { channels: [] })).status).toBe(422);
    expect((await patch('unknown', {})).status).toBe(404);
  });

  it('PUT replaces all but secret and headers, by id and by uid', async () => {
    await defineTypes('t');
    const before = await made({ ...full, headers: { 'x-a': '1' } });
    const secret = (await call().getSecret(at('x'))).body;
    const { status, body } = await put('x', { url: 'https://b.example', secret: 'ignored', headers: 1 });
    expect(status).toBe(200);
    expect(body).toEqual({
      ...BARE_ENDPOINT,
      url: 'https://b.example/',
      createdAt: before.createdAt,
      updatedAt: expect.any(String),
      id: before.id,
    });
    expect((await call().getSecret(at(before.id))).body).toEqual(secret);
    expect((await call().getHeaders(at(before.id))).body).toMatchObject({ headers: { 'x-a': '1' } });
  });

  it('PUT makes what is not there; the path gives no uid', async () => {
    const answer = await put('unknown', { uid: 'other' });
    expect(answer).toMatchObject({ status: 201, body: { uid: 'other' } });
    expect((await get('unknown')).status).toBe(404);
    expect((await call().getSecret(at('other'))).body).toMatchObject({
      key: expect.stringMatching(/^whsec_/),
    });
    expect((await put('unknown', {})).status).toBe(201);
    expect((await list()).body).toMatchObject({ data: [{ uid: null }, { uid: 'other' }] });
  });

  it('moves updatedAt on, not createdAt', async () => {
    const before = await made({ uid: 'x' });
    for (const change of [
      () => patch('x', {}),
      () => put('x', { uid: 'x' }),
      () => call().patchHeaders({ ...at('x'), body: { headers: { a: '1' } } }),
      () => call().rotateSecret({ ...at('x'), body: {} }),
    ]) {
      const { updatedAt } = await bodyOf<EndpointOut>(get('x'));
      own.server.clock.advance(2);
      await change();
      const after = await bodyOf<EndpointOut>(get('x'));
      expect(Date.parse(after.updatedAt) - Date.parse(updatedAt)).toBeGreaterThanOrEqual(2000);
      expect(after.createdAt).toBe(before.createdAt);
    }
  });

  it('DELETE is final, and 404 the second time', async () => {
    await made({ uid: 'x' });
    const { id } = await made({ uid: 'y' });
    expect((await remove('x')).status).toBe(204);
    expect((await remove(id)).status).toBe(204);
    for (const name of ['x', 'y', id]) {
      expect((await remove(name)).status).toBe(404);
      expect((await get(name)).status).toBe(404);
      expect((await patch(name, {})).status).toBe(404);
      expect((await call().getSecret(at(name))).status).toBe(404);
      expect((await call().getHeaders(at(name))).status).toBe(404);
      expect((await call().getStats({ ...at(name), query: {} })).status).toBe(404);
    }
    expect((await list()).body).toEqual({ data: [], iterator: null, done: true });
  });

  it('is 404 beneath a deleted application', async () => {
    const { id } = await made({});
    await own.environment.client.application.delete({ params: { app_id: 'a' } });
    expect((await get(id)).status).toBe(404);
    expect((await create({})).status).toBe(404);
  });

  it('is 404 for a name with a zero', async () => {
    expect((await get('\0')).status).toBe(404);
    expect((await get('x', '\0')).status).toBe(404);
  });
});

describe('event types', () => {
  const message = (names: string) => ({
    status: 422,
    body: {
      detail: [
        {
          loc: ['body', 'eventTypes'],
          msg: `The following event types don't exist: ${names}`,
          type: 'value_error',
        },
      ],
    },
  });

  it('must be defined and not archived, those of another environment do not count', async () => {
    await defineTypes('x', 'old');
    await own.environment.client.eventType.delete({ params: { event_type_name: 'old' }, query: {} });
    const other = await own.server.createEnvironment();
    await other.client.eventType.create({ body: { name: 'theirs', description: '' } });
    const eventTypes = ['none', 'x', 'old', 'theirs'];
    expect(await create({ eventTypes })).toMatchObject(message('none, old, theirs'));
    expect(await create({ filterTypes: ['none'] })).toMatchObject(message('none'));
    await made({ uid: 'e' });
    expect(await put('e', { eventTypes })).toMatchObject(message('none, old, theirs'));
    expect(await put('unknown', { eventTypes })).toMatchObject(message('none, old, theirs'));
    expect(await patch('e', { eventTypes })).toMatchObject(message('none, old, theirs'));
    expect((await get('e')).body).toMatchObject({ eventTypes: null });
  });

  it('can stay when they are archived or gone by now', async () => {
    await defineTypes('x', 'y', 'z');
    await made({ uid: 'e', eventTypes: ['x', 'y'] });
    await own.environment.client.eventType.delete({ params: { event_type_name: 'x' }, query: {} });
    await own.environment.client.eventType.delete({
      params: { event_type_name: 'y' },
      query: { expunge: true },
    });
    expect((await get('e')).body).toMatchObject({ eventTypes: ['x', 'y'] });
    expect(await put('e', { uid: 'e', eventTypes: ['x', 'y', 'z'] })).toMatchObject({
      status: 200,
      body: { eventTypes: ['x', 'y', 'z'] },
    });
    expect((await patch('e', { eventTypes: ['x'] })).status).toBe(200);
    expect(await patch('e', { eventTypes: ['x', 'y'] })).toMatchObject(message('y'));
  });
});
