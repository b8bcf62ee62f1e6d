import type { contract } from '@postrider/contract';
import { requireEndpoint } from '../../endpoints.js';
import type { Handlers } from '../../handlers.js';
import { type Endpoint, listEndpoints } from '../../storage/endpoint.js';
import { presentPage, toPageRequest } from '../page-query.js';
import { presentMessage } from '../present-message.js';
import { presentStartedTask } from '../present-task.js';
import { describeHeaders, patchHeaders, replaceHeaders } from './headers.js';
import { presentWithHealth } from './health.js';
import { presentEndpoint } from './present.js';
import { recoverEndpoint } from './recover.js';
import { cancelMessages, replayMatching, replayMissing } from './replay.js';
import { describeSecret, readsRotatedSecret, rotateSecret } from './secret.js';
import { sendExample } from './send-example.js';
import { addEndpoint, patchEndpoint, removeEndpoint, upsertEndpoint } from './service.js';
import { countByStatus, countEndedByHours, describeThrottle } from './stats.js';

export const endpointRoutes: Handlers<typeof contract.endpoint> = {
  list: async ({ ctx, application, query }) => {
    const page = await listEndpoints(ctx.database.kysely, application.id, toPageRequest(query, 'descending'));
    const presented = await presentWithHealth(ctx, application, page.rows);
    const present = (row: Endpoint) => presented.get(row.id) ?? presentEndpoint(row);
    return { status: 200, body: presentPage(page, (row) => row.id, present) };
  },
  create: async ({ ctx, application, body }) => ({
    status: 201,
    body: presentEndpoint(await addEndpoint(ctx, application, body)),
  }),
  get: async ({ ctx, application, params }) => {
    const endpoint = await requireEndpoint(ctx.database.kysely, application.id, params.endpoint_id);
    const presented = await presentWithHealth(ctx, application, [endpoint]);
    return { status: 200, body: presented.get(endpoint.id) ?? presentEndpoint(endpoint) };
  },
  upsert: async ({ ctx, application, params, body }) => {
    const { endpoint, created } = await upsertEndpoint(ctx, application, params.endpoint_id, body);
    return { status: created ? 201 : 200, body: presentEndpoint(endpoint) };
  },
  patch: async ({ ctx, application, params, body }) => ({
    status: 200,
    body: presentEndpoint(await patchEndpoint(ctx, application, params.endpoint_id, body)),
  }),
  delete: async ({ ctx, application, params }) => {
    await removeEndpoint(ctx, application, params.endpoint_id);
    return { status: 204, body: undefined };
  },
  getHeaders: async ({ ctx, application, params }) => ({
    status: 200,
    body: await describeHeaders(ctx, application, params.endpoint_id),
  }),
  setHeaders: async ({ ctx, application, params, body }) => {
    await replaceHeaders(ctx, application, params.endpoint_id, body.headers);
    return { status: 204, body: undefined };
  },
  patchHeaders: async ({ ctx, application, params, body }) => {
    await patchHeaders(ctx, application, params.endpoint_id, body);
    return { status: 204, body: undefined };
  },
  getSecret: async ({ ctx, application, params }) => ({
    status: 200,
    body: { key: await describeSecret(ctx, application, params.endpoint_id) },
  }),
  rotateSecret: async ({ ctx, application, params, body, userAgent }) => {
    const key = await rotateSecret(ctx, application, params.endpoint_id, body);
    return readsRotatedSecret(userAgent) ? { status: 200, body: { key } } : { status: 204, body: undefined };
  },
  getStats: async ({ ctx, application, params, query }) => ({
    status: 200,
    body: await countByStatus(ctx, application, params.endpoint_id, query),
  }),
  getAttemptStats: async ({ ctx, application, params, query }) => ({
    status: 200,
    body: await countEndedByHours(ctx, application, params.endpoint_id, query),
  }),
  getRateLimitStatus: async ({ ctx, application, params }) => ({
    status: 200,
    body: await describeThrottle(ctx, application, params.endpoint_id),
  }),
  sendExample: async ({ ctx, caller, application, params, body }) => ({
    status: 202,
    body: presentMessage(await sendExample(ctx, caller, application, params.endpoint_id, body), false),
  }),
  recover: async ({ ctx, application, params, body }) => ({
    status: 202,
    body: presentStartedTask(await recoverEndpoint(ctx, application, params.endpoint_id, body)),
  }),
  replayMissing: async ({ ctx, application, params, body }) => ({
    status: 202,
    body: presentStartedTask(await replayMissing(ctx, application, params.endpoint_id, body)),
  }),
  bulkReplay: async ({ ctx, application, params, body }) => ({
    status: 202,
    body: presentStartedTask(await replayMatching(ctx, application, params.endpoint_id, body)),
  }),
  cancelMsgs: async ({ ctx, application, params, body }) => {
    await cancelMessages(ctx, application, params.endpoint_id, body);
    return { status: 204, body: undefined };
  },
};
