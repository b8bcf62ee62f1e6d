import type { EndpointOut } from '@postrider/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startServer, type TestEnvironment, type TestServer } from '../harness.js';
import { bodyOf } from '../sessions.js';

let server: TestServer;
let environment: TestEnvironment;
let applicationId: string;
beforeAll(async () => {
  // Nobody works here: what a change leaves to be done stays to be seen.
  server = await startServer({ POSTRIDER_ROLE: 'api' });
});
afterAll(() => server.stop());
beforeEach(async () => {
  environment = await server.createEnvironment();
  const body = { name: 'a', uid: 'a' };
  ({ id: applicationId } = await bodyOf<{ id: string }>(environment.client.application.create({ body })));
});

const url = 'https://example.com/hook';
const E = { params: { app_id: 'a', endpoint_id: 'e' } };
const call = () => environment.client.endpoint;
const create = (body: Record<string, unknown> = {}) =>
  bodyOf<EndpointOut>(call().create({ params: { app_id: 'a' }, body: { url, uid: 'e', ...body } as never }));
const database = () => server.context.database.kysely;

describe('revision', () => {
  const revision = async () =>
    (
      await database()
        .selectFrom('application')
        .select('revision')
        .where('id', '=', applicationId)
        .executeTakeFirstOrThrow()
    ).revision;
  const upsert = (body: object) => call().upsert({ ...E, body: { url, uid: 'e', ...body } });
  const patch = (body: object) => call().patch({ ...E, body });

  const changes: [string, () => Promise<{ status: number }>][] = [
    ['create', () => call().create({ params: { app_id: 'a' }, body: { url } })],
    ['PUT that makes', () => call().upsert({ params: { app_id: 'a', endpoint_id: 'f' }, body: { url } })],
    ['PUT', () => upsert({})],
    ['PATCH of the URL', () => patch({ url: 'https://b.example' })],
    ['PATCH of the filter', () => patch({ channels: ['c'] })],
    ['PATCH of the throttle', () => patch({ throttleRate: 1 })],
    ['disabling', () => patch({ disabled: true })],
    ['enabling', () => patch({ disabled: false })],
    ['PUT of headers', () => call().setHeaders({ ...E, body: { headers: { a: '1' } } })],
    ['PATCH of headers', () => call().patchHeaders({ ...E, body: { headers: { a: null } } })],
    ['rotation', () => call().rotateSecret({ ...E, body: {} })],
    ['rotation without grace', () => call().rotateSecret({ ...E, body: { gracePeriodSeconds: 0 } })],
    ['delete', () => call().delete(E)],
  ];

  it('goes on with every kind of change', async () => {
    await create();
    for (const [name, change] of changes) {
      const before = await revision();
      expect((await change()).status, name).toBeLessThan(300);
      expect(await revision(), name).toBe(before + 1);
    }
  });

  it('stays when a change is refused, or when nothing but reading is done', async () => {
    await create();
    await create({ uid: 'f' });
    const before = await revision();
    expect((await patch({ uid: 'f' })).status).toBe(409);
    expect((await patch({ eventTypes: ['none'] })).status).toBe(422);
    expect((await upsert({ uid: 'f' })).status).toBe(409);
    expect((await call().create({ params: { app_id: 'a' }, body: { url, uid: 'f' } })).status).toBe(409);
    expect((await call().delete({ params: { app_id: 'a', endpoint_id: 'g' } })).status).toBe(404);
    await call().get(E);
    await call().getSecret(E);
    await call().getHeaders(E);
    expect(await revision()).toBe(before);
  });

  it('a change after the application was deleted is 404 and leaves nothing', async () => {
    await create();
    const rows = () =>
      database().selectFrom('endpoint').select('id').where('application_id', '=', applicationId).execute();
    const answers = await Promise.all([
      environment.client.application.delete({ params: { app_id: 'a' } }),
      ...[1, 2, 3].map(() => call().create({ params: { app_id: 'a' }, body: { url } })),
    ]);
    const made = answers.filter((one) => one.status === 201).length;
    expect(answers.map((one) => one.status).filter((status) => status !== 201 && status !== 204)).toEqual(
      Array.from({ length: 3 - made }, () => 404),
    );
    expect(await rows()).toHaveLength(1 + made);
  });
});

describe('closing', () => {
  const work = async (endpointId: string) =>
    database()
      .selectFrom('endpoint_work')
      .select('next_due_at')
      .where('application_id', '=', applicationId)
      .where('endpoint_id', '=', endpointId)
      .executeTakeFirst();
  const state = (endpointId: string) =>
    database()
      .selectFrom('endpoint')
      .selectAll()
      .where('application_id', '=', applicationId)
      .where('id', '=', endpointId)
      .executeTakeFirstOrThrow();

  const later = () => new Date(server.clock.now().getTime() + 3_600_000);
  const storeWork = (endpointId: string) =>
    database()
      .insertInto('endpoint_work')
      .values({
        application_id: applicationId,
        endpoint_id: endpointId,
        next_due_at: later(),
        refilled_at: null,
      })
      .execute();

  it.each([
    ['PATCH disabled', () => call().patch({ ...E, body: { disabled: true } })],
    ['PUT disabled', () => call().upsert({ ...E, body: { url, uid: 'e', disabled: true } })],
    ['DELETE', () => call().delete(E)],
  ])('by %s has its waiting deliveries looked at now', async (_name, close) => {
    const { id } = await create();
    await storeWork(id);
    await close();
    const due = (await work(id))?.next_due_at.getTime() ?? Number.POSITIVE_INFINITY;
    expect(due).toBeLessThanOrEqual(server.clock.now().getTime());
  });

  it('is not done by other changes', async () => {
    const { id } = await create();
    await call().patch({ ...E, body: { description: 'b' } });
    await call().rotateSecret({ ...E, body: {} });
    expect(await work(id)).toBeUndefined();
  });

  it('is undone by enabling, with what the service noted of failures', async () => {
    const { id } = await create();
    const note = () =>
      database()
        .updateTable('endpoint')
        .set({ disabled: true, disabled_reason: 'failing', first_failure_at: new Date(0) })
        .where('id', '=', id)
        .execute();
    await note();
    await call().patch({ ...E, body: { description: 'b' } });
    expect(await state(id)).toMatchObject({ disabled: true, disabled_reason: 'failing' });
    await call().patch({ ...E, body: { disabled: false } });
    expect(await state(id)).toMatchObject({ disabled: false, disabled_reason: null, first_failure_at: null });
    await note();
    await call().upsert({ ...E, body: { url, uid: 'e' } });
    expect(await state(id)).toMatchObject({ disabled: false, disabled_reason: null, first_failure_at: null });
  });

  it('leaves the note of failures where an enabled endpoint is changed', async () => {
    const { id } = await create();
    const first_failure_at = new Date(1_700_000_000_000);
    await database().updateTable('endpoint').set({ first_failure_at }).where('id', '=', id).execute();
    await call().upsert({ ...E, body: { url, uid: 'e' } });
    expect(await state(id)).toMatchObject({ first_failure_at });
  });

  it('by DELETE erases secrets and headers', async () => {
    const { id } = await create({ headers: { a: '1' } });
    await call().rotateSecret({ ...E, body: {} });
    await call().delete(E);
    expect(await state(id)).toMatchObject({ uid: null, headers: null, deleted_at: expect.any(Date) });
    const secrets = await database()
      .selectFrom('endpoint_secret')
      .selectAll()
      .where('endpoint_id', '=', id)
      .execute();
    expect(secrets).toEqual([]);
  });
});

describe('at rest', () => {
  const SECRET = `whsec_${Buffer.alloc(24, 'k').toString('base64')}`;
  const OLD = `whsec_${Buffer.alloc(24, 'o').toString('base64')}`;

  it('neither secrets nor headers can be read in the database', async () => {
    const { id } = await create({ secret: OLD, headers: { 'x-token': 'top-secret-value' } });
    await call().rotateSecret({ ...E, body: { key: SECRET } });
    const { headers } = await database()
      .selectFrom('endpoint')
      .select('headers')
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    const secrets = await database()
      .selectFrom('endpoint_secret')
      .select('secret')
      .where('endpoint_id', '=', id)
      .execute();
    expect(secrets).toHaveLength(2);
    const stored = Buffer.concat(
      [headers ?? Buffer.of(), ...secrets.map((one) => one.secret)].map((one) => Buffer.from(one)),
    );
    const raw = [SECRET, OLD].map((text) => Buffer.from(text.slice(6), 'base64'));
    for (const plain of [SECRET.slice(6), OLD.slice(6), 'top-secret-value', 'x-token', ...raw]) {
      expect(stored.includes(plain)).toBe(false);
    }
    expect((await call().getSecret(E)).body).toEqual({ key: SECRET });
  });

  it('the secret of one endpoint cannot be read as that of another', async () => {
    const { id } = await create({ secret: SECRET });
    const other = await create({ uid: 'f' });
    const { secret } = await database()
      .selectFrom('endpoint_secret')
      .select('secret')
      .where('endpoint_id', '=', id)
      .executeTakeFirstOrThrow();
    await database()
      .updateTable('endpoint_secret')
      .set({ secret })
      .where('endpoint_id', '=', other.id)
      .execute();
    const answer = await fetch(`${server.url}/api/v1/app/a/endpoint/f/secret/`, {
      headers: { authorization: `Bearer ${environment.key}` },
    });
    expect(answer.status).toBe(500);
    expect(await answer.json()).toMatchObject({ code: 'secret_unreadable' });
  });

  it('the log tells what happened by ids, without secrets, headers and addresses', async () => {
    const { id } = await create({
      url: 'https://user:pass-in-url@example.com/',
      secret: SECRET,
      headers: { 'x-token': 'top-secret-value' },
    });
    await call().patch({ ...E, body: { disabled: true } });
    await call().patch({ ...E, body: { disabled: false } });
    await call().setHeaders({ ...E, body: { headers: { 'x-token': 'top-secret-value' } } });
    await call().rotateSecret({ ...E, body: { key: OLD } });
    await call().delete(E);
    const lines = server.logs
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter((line) => line['endpointId'] === id);
    expect(lines.map((line) => line['event'])).toEqual([
      'endpoint.created',
      'endpoint.updated',
      'endpoint.disabled',
      'endpoint.updated',
      'endpoint.enabled',
      'endpoint.headers_changed',
      'endpoint.secret_rotated',
      'endpoint.deleted',
    ]);
    for (const line of lines) expect(line).toMatchObject({ environmentId: environment.id, applicationId });
    const everything = server.logs.join('');
    for (const secret of [SECRET.slice(6), OLD.slice(6), 'top-secret-value', 'pass-in-url', 'example.com/']) {
      expect(everything).not.toContain(secret);
    }
  });
});
