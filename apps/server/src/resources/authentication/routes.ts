import type { contract } from '@postrider/contract';
import type { Handlers } from '../../handlers.js';
import { presentNewKey } from '../present-key.js';
import { createMessageToken } from './message-token.js';
import { expireAllSessions, grantPortalAccess, logOut } from './service.js';

export const authenticationRoutes: Handlers<typeof contract.authentication> = {
  expireAll: async ({ ctx, caller, params, body }) => {
    await expireAllSessions(ctx, caller.environmentId, params.app_id, body);
    return { status: 204, body: undefined };
  },
  getAppPortalAccess: async ({ ctx, caller, params, body }) => ({
    status: 200,
    body: await grantPortalAccess(ctx, caller.environmentId, params.app_id, body),
  }),
  getDashboardAccess: async ({ ctx, caller, params }) => ({
    status: 200,
    body: await grantPortalAccess(ctx, caller.environmentId, params.app_id, {}),
  }),
  createMessageToken: async ({ ctx, caller, params, body }) => ({
    status: 200,
    body: presentNewKey(await createMessageToken(ctx, caller.environmentId, params.app_id, body)),
  }),
  logout: async ({ ctx, caller }) => {
    await logOut(ctx, caller);
    return { status: 204, body: undefined };
  },
};
