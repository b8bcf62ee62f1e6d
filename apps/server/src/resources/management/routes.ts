import type { contract } from '@postrider/contract';
import type { Handlers } from '../../handlers.js';
import { listApiKeys } from '../../storage/api-key.js';
import { listEnvironments } from '../../storage/environment.js';
import { presentPage, toPageRequest } from '../page-query.js';
import { presentKey, presentNewKey } from '../present-key.js';
import { addEnvironment, changeEnvironment, removeEnvironment, requireEnvironment } from './environments.js';
import { addKey, changeKey, endKey, requireKey, requireKeysOf } from './keys.js';
import { presentEnvironment } from './present.js';
import { describeSettings, patchSettings, replaceSettings } from './settings.js';

const environment: Handlers<typeof contract.management.environment> = {
  list: async ({ ctx, query }) => {
    const page = await listEnvironments(ctx.database.kysely, toPageRequest(query, 'ascending'));
    return { status: 200, body: presentPage(page, (row) => row.id, presentEnvironment) };
  },
  create: async ({ ctx, caller, body }) => ({
    status: 201,
    body: presentEnvironment(await addEnvironment(ctx, caller, body)),
  }),
  get: async ({ ctx, params }) => ({
    status: 200,
    body: presentEnvironment(await requireEnvironment(ctx, params.env_id)),
  }),
  update: async ({ ctx, caller, params, body }) => ({
    status: 200,
    body: presentEnvironment(await changeEnvironment(ctx, caller, params.env_id, body.name)),
  }),
  delete: async ({ ctx, caller, params }) => {
    await removeEnvironment(ctx, caller, params.env_id);
    return { status: 204, body: undefined };
  },
};

const authentication: Handlers<typeof contract.management.authentication> = {
  listApiTokens: async ({ ctx, caller, params, query }) => {
    await requireKeysOf(ctx, caller, params.env_id);
    const page = await listApiKeys(ctx.database.kysely, params.env_id, toPageRequest(query, 'ascending'));
    return { status: 200, body: presentPage(page, (row) => row.id, presentKey) };
  },
  createApiToken: async ({ ctx, caller, params, body }) => ({
    status: 200,
    body: presentNewKey(await addKey(ctx, caller, params.env_id, body)),
  }),
  getApiToken: async ({ ctx, caller, params }) => ({
    status: 200,
    body: presentKey(await requireKey(ctx, caller, params.env_id, params.key_id)),
  }),
  updateApiToken: async ({ ctx, caller, params, body }) => ({
    status: 200,
    body: presentKey(await changeKey(ctx, caller, params.env_id, params.key_id, body)),
  }),
  patchApiToken: async ({ ctx, caller, params, body }) => ({
    status: 200,
    body: presentKey(await changeKey(ctx, caller, params.env_id, params.key_id, body)),
  }),
  expireApiToken: async ({ ctx, caller, params, body }) => {
    await endKey(ctx, caller, params.env_id, params.key_id, body.expiry);
    return { status: 204, body: undefined };
  },
};

const environmentSettings: Handlers<typeof contract.management.environmentSettings> = {
  get: async ({ ctx, caller }) => ({ status: 200, body: await describeSettings(ctx, caller.environmentId) }),
  update: async ({ ctx, caller, body }) => ({
    status: 200,
    body: await replaceSettings(ctx, caller.environmentId, body),
  }),
  patch: async ({ ctx, caller, body }) => ({
    status: 200,
    body: await patchSettings(ctx, caller.environmentId, body),
  }),
};

export const managementRoutes: Handlers<typeof contract.management> = {
  environment,
  authentication,
  environmentSettings,
};
