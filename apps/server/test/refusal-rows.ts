import { unwrap } from '@postrider/client';
import type { Operation } from '@postrider/contract';
import { bodyOf, type Call, callWith, isForAll, type Refusal, type Stage } from './refusals.js';
import { OPERATIONS } from './tenants.js';

const operationOf = (name: string): Operation => {
  const found = OPERATIONS.find(([one]) => one === name);
  if (!found) throw new Error(`there is no operation ${name}`);
  return found[1];
};

/** A documented error that follows from the state of things: how to get there. */
export interface Row {
  readonly name: string;
  readonly status: number;
  readonly code: string;
  readonly provoke: (stage: Stage) => Promise<Refusal>;
}

type CallOf = (stage: Stage) => Call | Promise<Call>;
const row = (name: string, status: number, code: string, call: CallOf = () => ({})): Row => ({
  name,
  status,
  code,
  provoke: async (stage) => callWith(stage, name, operationOf(name), await call(stage)),
});

const url = 'https://example.invalid/hook';
const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();
const params = ({ owner }: Stage) => ({
  app_id: owner.params['app_id'] ?? '',
  endpoint_id: owner.params['endpoint_id'] ?? '',
  msg_id: owner.params['msg_id'] ?? '',
});

/** Another application of the environment that has the uid. */
async function takenUid({ owner }: Stage): Promise<string> {
  const uid = 'taken';
  await unwrap(
    owner.scene.client.application.create({ body: { name: 'Other', uid }, query: { get_if_exists: true } }),
  );
  return uid;
}

/** An application with room for endpoints, and an endpoint in it. */
async function endpointWithUid({ owner }: Stage): Promise<{ app: string; uid: string; other: string }> {
  const { client } = owner.scene;
  const { id: app } = await unwrap(client.application.create({ body: { name: 'Roomy' } }));
  const make = (uid: string) =>
    unwrap(client.endpoint.create({ params: { app_id: app }, body: { url, uid } }));
  return { app, uid: (await make('taken')).uid ?? '', other: (await make('other')).id };
}

async function fullApplication({ owner }: Stage): Promise<string> {
  const { client } = owner.scene;
  const { id: app_id } = await unwrap(client.application.create({ body: { name: 'Full' } }));
  for (let n = 0; n < ENDPOINTS; n++)
    await unwrap(client.endpoint.create({ params: { app_id }, body: { url } }));
  return `/api/v1/app/${app_id}/endpoint/`;
}

/** Endpoints that an application of the test's server may have: POSTRIDER_MAX_ENDPOINTS. */
export const ENDPOINTS = 3;
/** Old secrets that may sign besides the current one. */
const OLD_SECRETS = 10;

/** Documented errors that do not follow from the contract. An operation that documents a new one gets its line here. */
export const ROWS: readonly Row[] = [
  row('application.create', 409, 'conflict', async (stage) => ({
    body: { name: 'x', uid: await takenUid(stage) },
  })),
  row('application.upsert', 409, 'conflict', async (stage) => ({
    body: { name: 'x', uid: await takenUid(stage) },
  })),
  row('application.patch', 409, 'conflict', async (stage) => ({ body: { uid: await takenUid(stage) } })),
  row('endpoint.create', 409, 'conflict', async (stage) => {
    const { app, uid } = await endpointWithUid(stage);
    return { path: `/api/v1/app/${app}/endpoint/`, body: { url, uid } };
  }),
  row('endpoint.upsert', 409, 'conflict', async (stage) => {
    const { app, uid, other } = await endpointWithUid(stage);
    return { path: `/api/v1/app/${app}/endpoint/${other}/`, body: { url, uid } };
  }),
  row('endpoint.patch', 409, 'conflict', async (stage) => {
    const { app, uid, other } = await endpointWithUid(stage);
    return { path: `/api/v1/app/${app}/endpoint/${other}/`, body: { uid } };
  }),
  row('endpoint.create', 400, 'limit_reached', async (stage) => ({
    path: await fullApplication(stage),
    body: { url },
  })),
  row('endpoint.upsert', 400, 'limit_reached', async (stage) => ({
    path: `${await fullApplication(stage)}new/`,
    body: { url },
  })),
  row('endpoint.rotateSecret', 400, 'limit_reached', async (stage) => {
    for (let n = 0; n < OLD_SECRETS; n++) {
      await unwrap(stage.owner.scene.client.endpoint.rotateSecret({ params: params(stage), body: {} }));
    }
    return { body: {} };
  }),
  row('endpoint.getStats', 400, 'invalid_range', () => ({ query: `until=${inAnHour()}` })),
  row('endpoint.getAttemptStats', 400, 'invalid_range', () => ({ query: `until=${inAnHour()}` })),
  row('endpoint.sendExample', 400, 'invalid_scheme', async ({ owner }) => {
    const body = { name: 'without.example', description: '' };
    await unwrap(owner.scene.client.eventType.upsert({ params: { event_type_name: body.name }, body }));
    return { body: { eventType: body.name } };
  }),
  row('message.testAttempt', 400, 'endpoint_disabled', async (stage) => {
    const { app_id } = params(stage);
    const body = { url, disabled: true };
    const { id } = await unwrap(stage.owner.scene.client.endpoint.create({ params: { app_id }, body }));
    return { path: `/api/v1/app/${app_id}/endpoint/${id}/msg/test-attempt/` };
  }),
  row('message.create', 409, 'conflict', async ({ owner }) => {
    const { eventId } = await owner.scene.send({ eventId: 'taken' });
    return { body: { eventType: 'a', payload: {}, eventId } };
  }),
  row('message.testAttempt', 409, 'conflict', ({ owner }) => ({
    body: { eventType: 'a', payload: {}, eventId: owner.ids.find((id) => id.startsWith('event-of-')) },
  })),
  row('messageAttempt.resend', 400, 'missing_payload', async (stage) => {
    const message = await stage.owner.scene.send();
    const { app_id, endpoint_id } = params(stage);
    await unwrap(stage.owner.scene.client.message.expungeContent({ params: { app_id, msg_id: message.id } }));
    return { path: `/api/v1/app/${app_id}/msg/${message.id}/endpoint/${endpoint_id}/resend/` };
  }),
  row('messageAttempt.listByMsg', 404, 'not_found', () => ({ query: 'endpoint_id=nobody' })),
  row('messageAttempt.listOfMsg', 404, 'not_found', () => ({ query: 'endpoint_id=nobody' })),
  row('endpoint.sendExample', 404, 'not_found', () => ({ body: { eventType: 'not.defined' } })),
  row('eventType.create', 409, 'event_type_exists', ({ owner }) => ({
    body: { name: owner.params['event_type_name'], description: '' },
  })),
  row('eventType.importOpenapi', 400, 'bad_request', () => ({ body: {} })),
  row('operationalWebhookEndpoint.create', 409, 'conflict', async ({ owner }) => {
    const body = { url, uid: 'taken' };
    await unwrap(owner.scene.client.operationalWebhookEndpoint.create({ body }));
    return { body };
  }),
  row('operationalWebhookEndpoint.upsert', 409, 'conflict', async ({ owner }) => {
    const body = { url, uid: 'taken-too' };
    await unwrap(owner.scene.client.operationalWebhookEndpoint.create({ body }));
    return { body };
  }),
  row('operationalWebhookEndpoint.rotateSecret', 400, 'limit_reached', async ({ owner }) => {
    const endpoint_id = owner.params['operationalWebhookEndpoint.endpoint_id'] ?? '';
    const { rotateSecret } = owner.scene.client.operationalWebhookEndpoint;
    for (let n = 0; n < OLD_SECRETS; n++) await unwrap(rotateSecret({ params: { endpoint_id }, body: {} }));
    return { body: {} };
  }),
  row('management.environment.delete', 409, 'conflict'),
  row('portalSession.exchangeOneTimeToken', 401, 'authentication_failed', () => ({
    token: undefined,
    body: { oneTimeToken: 'otc_guess' },
  })),
];

/** Errors that every operation documents, since any may come to answer them, but that these cannot answer yet. */
export function cannotAnswer(name: string, operation: Operation, status: number): boolean {
  const { access } = operation.metadata;
  const names = operation.path.includes('{');
  if (status === 401) return access.kind === 'public' && !access.limited;
  if (status === 403) return isForAll(access);
  if (status === 404) return !names || NAMES_NOTHING.has(name);
  if (status === 409) return operation.method === 'GET' || CHANGES_ALONE.has(name);
  if (status === 429) return access.kind === 'public' && !access.limited;
  const takes = operation.method === 'POST' || bodyOf(operation) || operation.route.query;
  return status === 422 && !takes;
}

/** PUTs that make what they do not find. */
const NAMES_NOTHING = new Set([
  'application.upsert',
  'eventType.upsert',
  'operationalWebhookEndpoint.upsert',
]);

/** Changes that nothing else stands against: they set no name of which there is one only. */
const CHANGES_ALONE = new Set([
  'message.broadcast',
  'message.expungeContent',
  'messageAttempt.expungeContent',
  'application.delete',
  'application.patchAlertEmail',
  'endpoint.delete',
  'endpoint.setHeaders',
  'endpoint.patchHeaders',
  'eventType.upsert',
  'eventType.patch',
  'eventType.delete',
  'eventType.setRetrySchedule',
  'operationalWebhookEndpoint.delete',
  'operationalWebhookEndpoint.setHeaders',
  'statistics.aggregateEventTypes',
  'management.environment.update',
  'management.authentication.updateApiToken',
  'management.authentication.patchApiToken',
  'management.environmentSettings.update',
  'management.environmentSettings.patch',
]);
