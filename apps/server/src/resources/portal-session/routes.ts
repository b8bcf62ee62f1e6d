import type { contract } from '@postrider/contract';
import type { Handlers } from '../../handlers.js';
import { describeCaller, exchangeCode } from './service.js';

export const portalSessionRoutes: Handlers<typeof contract.portalSession> = {
  whoami: async ({ caller }) => ({ status: 200, body: describeCaller(caller) }),
  exchangeOneTimeToken: async ({ ctx, body }) => ({
    status: 200,
    body: await exchangeCode(ctx, body.oneTimeToken),
  }),
};
