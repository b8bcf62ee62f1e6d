import type { contract, OperationalWebhookEndpointOut } from '@postrider/contract';
import type { RequestContext } from '../../context.js';
import { requireEndpoint } from '../../endpoints.js';
import { notFound } from '../../errors.js';
import type { EnvironmentCaller, Handlers } from '../../handlers.js';
import { createId } from '../../ids.js';
import type { Application } from '../../storage/application.js';
import { type Endpoint, listEndpoints } from '../../storage/endpoint.js';
import {
  ensureOperationalApplication,
  findOperationalApplication,
  OPERATIONAL_PREFIX,
} from '../../storage/operational.js';
import { presentPage, toPageRequest } from '../page-query.js';
import { describeHeaders, replaceHeaders } from './headers.js';
import { presentEndpoint } from './present.js';
import { describeSecret, rotateSecret } from './secret.js';
import { addEndpoint, removeEndpoint, upsertEndpoint } from './service.js';

/** An operational endpoint as callers see it: it has no channels and no version, and no customer who asks why. */
function present(row: Endpoint): OperationalWebhookEndpointOut {
  const { channels: _channels, version: _version, ...more } = presentEndpoint(row);
  const { disabledReason: _reason, disabledAt: _at, ...endpoint } = more;
  return endpoint;
}

/** What the endpoints of operational webhooks have instead of what the caller cannot give. */
const WITHOUT = { version: 1, channels: null };

/** The application that holds the environment's operational endpoints, made with the first of them. */
function openApplication(ctx: RequestContext, { environmentId }: EnvironmentCaller): Promise<Application> {
  const createdAt = ctx.clock.now();
  const id = createId(OPERATIONAL_PREFIX, createdAt);
  return ensureOperationalApplication(ctx.database.kysely, environmentId, { id, createdAt });
}

/** @throws AppError 404 when the environment has no operational endpoint yet */
async function requireApplication(
  ctx: RequestContext,
  { environmentId }: EnvironmentCaller,
): Promise<Application> {
  const application = await findOperationalApplication(ctx.database.kysely, environmentId);
  if (!application) throw notFound();
  return application;
}

/** Operational endpoints are endpoints like any other, of an application that nobody sees. */
export const operationalWebhookEndpointRoutes: Handlers<typeof contract.operationalWebhookEndpoint> = {
  list: async ({ ctx, caller, query }) => {
    const application = await findOperationalApplication(ctx.database.kysely, caller.environmentId);
    const page = application
      ? await listEndpoints(ctx.database.kysely, application.id, toPageRequest(query, 'descending'))
      : { rows: [], done: true };
    return { status: 200, body: presentPage(page, (row) => row.id, present) };
  },
  create: async ({ ctx, caller, body }) => {
    const application = await openApplication(ctx, caller);
    return { status: 201, body: present(await addEndpoint(ctx, application, { ...body, ...WITHOUT })) };
  },
  get: async ({ ctx, caller, params }) => {
    const application = await requireApplication(ctx, caller);
    const endpoint = await requireEndpoint(ctx.database.kysely, application.id, params.endpoint_id);
    return { status: 200, body: present(endpoint) };
  },
  upsert: async ({ ctx, caller, params, body }) => {
    const application = await openApplication(ctx, caller);
    const input = { ...body, ...WITHOUT };
    const { endpoint } = await upsertEndpoint(ctx, application, params.endpoint_id, input);
    return { status: 200, body: present(endpoint) };
  },
  delete: async ({ ctx, caller, params }) => {
    await removeEndpoint(ctx, await requireApplication(ctx, caller), params.endpoint_id);
    return { status: 204, body: undefined };
  },
  getSecret: async ({ ctx, caller, params }) => {
    const application = await requireApplication(ctx, caller);
    return { status: 200, body: { key: await describeSecret(ctx, application, params.endpoint_id) } };
  },
  rotateSecret: async ({ ctx, caller, params, body }) => {
    await rotateSecret(ctx, await requireApplication(ctx, caller), params.endpoint_id, body);
    return { status: 204, body: undefined };
  },
  getHeaders: async ({ ctx, caller, params }) => {
    const application = await requireApplication(ctx, caller);
    return { status: 200, body: await describeHeaders(ctx, application, params.endpoint_id) };
  },
  setHeaders: async ({ ctx, caller, params, body }) => {
    await replaceHeaders(ctx, await requireApplication(ctx, caller), params.endpoint_id, body.headers);
    return { status: 204, body: undefined };
  },
};
