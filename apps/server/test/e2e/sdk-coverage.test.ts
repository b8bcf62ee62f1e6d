import { unwrap } from '@postrider/client';
import { Svix as SvixV2 } from 'svix';
import { Svix as SvixV1 } from 'svix-v1';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../harness.js';
import { REACH_RECEIVERS, Scene } from '../scene.js';
import { callMethod, findMethods, pathShape } from '../sdk-methods.js';

/** What there is when a method is called. */
interface Stage {
  readonly app: string;
  readonly endpoint: string;
  readonly message: string;
  readonly attempt: string;
  /** Calls another method of the same SDK; gives what it answers. */
  readonly call: (name: string, ...args: unknown[]) => Promise<Record<string, unknown>>;
}

type Arguments = (stage: Stage) => unknown[] | Promise<unknown[]>;

const url = 'https://example.invalid/hook';
const since = new Date(Date.now() - 3_600_000);
const eventType = { name: 'order.sold', description: 'Sold' };
const operational = async ({ call }: Stage) => {
  const { id } = await call('operationalWebhook.endpoint.create', { url });
  return String(id);
};

/**
 * How each operation is called that an SDK has a method for. Those of operations that are not in the contract wait for
 * them: a new operation is called as soon as it is there, and one without a line here is noticed.
 */
const CALLS: Record<string, Arguments> = {
  'GET /api/v1/health': () => [],
  'GET /api/v1/app': () => [],
  'POST /api/v1/app': () => [{ name: 'Another' }],
  'GET /api/v1/app/{}': ({ app }) => [app],
  'PUT /api/v1/app/{}': ({ app }) => [app, { name: 'Renamed' }],
  'PATCH /api/v1/app/{}': ({ app }) => [app, { name: 'Renamed' }],
  'DELETE /api/v1/app/{}': ({ app }) => [app],
  'POST /api/v1/auth/app-portal-access/{}': ({ app }) => [app, {}],
  'POST /api/v1/auth/dashboard-access/{}': ({ app }) => [app],
  'POST /api/v1/auth/app/{}/expire-all': ({ app }) => [app, {}],
  'GET /api/v1/app/{}/endpoint': ({ app }) => [app],
  'POST /api/v1/app/{}/endpoint': ({ app }) => [app, { url }],
  'GET /api/v1/app/{}/endpoint/{}': ({ app, endpoint }) => [app, endpoint],
  'PUT /api/v1/app/{}/endpoint/{}': ({ app, endpoint }) => [app, endpoint, { url }],
  'PATCH /api/v1/app/{}/endpoint/{}': ({ app, endpoint }) => [app, endpoint, { description: 'x' }],
  'DELETE /api/v1/app/{}/endpoint/{}': ({ app, endpoint }) => [app, endpoint],
  'GET /api/v1/app/{}/endpoint/{}/secret': ({ app, endpoint }) => [app, endpoint],
  'POST /api/v1/app/{}/endpoint/{}/secret/rotate': ({ app, endpoint }) => [app, endpoint, {}],
  'GET /api/v1/app/{}/endpoint/{}/headers': ({ app, endpoint }) => [app, endpoint],
  'PUT /api/v1/app/{}/endpoint/{}/headers': ({ app, endpoint }) => [
    app,
    endpoint,
    { headers: { 'x-a': '1' } },
  ],
  'PATCH /api/v1/app/{}/endpoint/{}/headers': ({ app, endpoint }) => [
    app,
    endpoint,
    { headers: { 'x-a': '1' } },
  ],
  'GET /api/v1/app/{}/endpoint/{}/stats': ({ app, endpoint }) => [app, endpoint],
  'POST /api/v1/app/{}/endpoint/{}/recover': ({ app, endpoint }) => [app, endpoint, { since }],
  'POST /api/v1/app/{}/endpoint/{}/replay-missing': ({ app, endpoint }) => [app, endpoint, { since }],
  'POST /api/v1/app/{}/endpoint/{}/bulk-replay': ({ app, endpoint }) => [app, endpoint, { since }],
  'POST /api/v1/app/{}/endpoint/{}/send-example': ({ app, endpoint }) => [
    app,
    endpoint,
    { eventType: 'svix.ping' },
  ],
  'GET /api/v1/app/{}/msg': ({ app }) => [app],
  'POST /api/v1/app/{}/msg': ({ app }) => [app, { eventType: 'a', payload: { n: 1 } }],
  'GET /api/v1/app/{}/msg/{}': ({ app, message }) => [app, message],
  'DELETE /api/v1/app/{}/msg/{}/content': ({ app, message }) => [app, message],
  'POST /api/v1/app/{}/msg/expunge-all-contents': ({ app }) => [app],
  'POST /api/v1/app/{}/msg/precheck/active': ({ app }) => [app, { eventType: 'a' }],
  'GET /api/v1/app/{}/attempt/endpoint/{}': ({ app, endpoint }) => [app, endpoint],
  'GET /api/v1/app/{}/attempt/msg/{}': ({ app, message }) => [app, message],
  'GET /api/v1/app/{}/endpoint/{}/msg': ({ app, endpoint }) => [app, endpoint],
  'GET /api/v1/app/{}/msg/{}/endpoint': ({ app, message }) => [app, message],
  'GET /api/v1/app/{}/msg/{}/attempt/{}': ({ app, message, attempt }) => [app, message, attempt],
  'DELETE /api/v1/app/{}/msg/{}/attempt/{}/content': ({ app, message, attempt }) => [app, message, attempt],
  'POST /api/v1/app/{}/msg/{}/endpoint/{}/resend': ({ app, message, endpoint }) => [app, message, endpoint],
  'GET /api/v1/event-type': () => [],
  'POST /api/v1/event-type': () => [{ ...eventType, name: 'order.new' }],
  'GET /api/v1/event-type/{}': () => [eventType.name],
  'PUT /api/v1/event-type/{}': () => [eventType.name, { description: 'x' }],
  'PATCH /api/v1/event-type/{}': () => [eventType.name, { description: 'x' }],
  'DELETE /api/v1/event-type/{}': () => [eventType.name],
  'POST /api/v1/event-type/import/openapi': () => [{ specRaw: 'webhooks: { a: { post: {} } }' }],
  'POST /api/v1/environment/export': () => [],
  'POST /api/v1/environment/import': () => [{ eventTypes: [eventType] }],
  'GET /api/v1/background-task': () => [],
  'GET /api/v1/background-task/{}': async ({ app, endpoint, call }) => [
    String((await call('endpoint.recover', app, endpoint, { since }))['id']),
  ],
  'GET /api/v1/operational-webhook/endpoint': () => [],
  'POST /api/v1/operational-webhook/endpoint': () => [{ url }],
  'GET /api/v1/operational-webhook/endpoint/{}': async (stage) => [await operational(stage)],
  'PUT /api/v1/operational-webhook/endpoint/{}': async (stage) => [await operational(stage), { url }],
  'DELETE /api/v1/operational-webhook/endpoint/{}': async (stage) => [await operational(stage)],
  'GET /api/v1/operational-webhook/endpoint/{}/secret': async (stage) => [await operational(stage)],
  'POST /api/v1/operational-webhook/endpoint/{}/secret/rotate': async (stage) => [
    await operational(stage),
    {},
  ],
  'GET /api/v1/operational-webhook/endpoint/{}/headers': async (stage) => [await operational(stage)],
  'PUT /api/v1/operational-webhook/endpoint/{}/headers': async (stage) => [
    await operational(stage),
    { headers: { 'x-a': '1' } },
  ],
  'PUT /api/v1/stats/usage/event-types': () => [],
  'POST /api/v1/stats/usage/app': ({ app }) => [{ appIds: [app], since, until: new Date() }],
};

/** A key of an environment cannot log out; tokens of portal sessions can. */
const AS_SESSION = ['POST /api/v1/auth/logout'];

const SDKS = [
  ['svix 1.99', (token: string, options: { serverUrl: string }) => new SvixV1(token, options)],
  ['svix 2', (token: string, options: { serverUrl: string }) => new SvixV2(token, options)],
] as const;

let server: TestServer;
let scene: Scene;
beforeAll(async () => {
  server = await startServer(REACH_RECEIVERS);
});
afterAll(() => server.stop());
beforeEach(async () => {
  scene = await Scene.open(server);
});
afterEach(() => scene.close());

async function setStage(svix: object): Promise<Stage> {
  const receiver = await scene.receiver();
  const endpoint = await scene.endpoint(receiver);
  await unwrap(scene.client.eventType.create({ body: eventType }));
  const message = await scene.send();
  const [attempt] = await scene.recorded(message.id, 1);
  return {
    app: scene.appId,
    endpoint: endpoint.id,
    message: message.id,
    attempt: attempt?.id ?? '',
    call: (name, ...args) => callMethod(svix, name, args) as Promise<Record<string, unknown>>,
  };
}

for (const [sdk, make] of SDKS) {
  const methods = await findMethods(make);

  describe(`${sdk} can call, and reads what is answered:`, () => {
    it.each(methods.filter(({ operation }) => !AS_SESSION.includes(operation)))(
      '$name',
      async ({ name, operation }) => {
        const toArguments = CALLS[operation];
        if (!toArguments) throw new Error(`say in CALLS how ${operation} is called`);
        const svix = make(scene.environment.key, { serverUrl: server.url });
        const stage = await setStage(svix);
        await callMethod(svix, name, await toArguments(stage));
      },
    );

    it('authentication.logout', async () => {
      expect(methods.map(({ operation }) => operation)).toContain(AS_SESSION[0]);
      const access = { params: { app_id: scene.appId }, body: {} };
      const { token } = await unwrap(scene.client.authentication.getAppPortalAccess(access));
      const portal = make(token, { serverUrl: server.url });
      await portal.authentication.logout();
      expect((await server.as(token).portalSession.whoami()).status).toBe(401);
    });
  });

  it(`${sdk} has been looked through`, () => {
    // As many as there were when this was written: fewer mean that the search finds no methods any more.
    expect(methods.length).toBeGreaterThanOrEqual(40);
    expect(methods).toContainEqual({
      name: 'endpoint.sendExample',
      operation: pathShape('POST', '/api/v1/app/{app_id}/endpoint/{endpoint_id}/send-example/'),
    });
  });
}
