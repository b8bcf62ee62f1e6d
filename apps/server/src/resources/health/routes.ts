import type { contract } from '@postrider/contract';
import type { Handlers } from '../../handlers.js';
import { pingDatabase } from '../../storage/health.js';

/** What a load balancer asks; see `Readiness`. */
export const readinessRoutes: Handlers<typeof contract.readiness> = {
  get: async ({ ctx }) => {
    const body = await ctx.readiness.read();
    return { status: body.ready ? 200 : 503, body };
  },
};

export const healthRoutes: Handlers<typeof contract.health> = {
  get: async ({ ctx }) => {
    const well = await pingDatabase(ctx.database.kysely).then(
      () => true,
      (error: unknown) => {
        ctx.log.error({ err: error }, 'the database does not answer');
        return false;
      },
    );
    return well
      ? { status: 200, body: { database: { status: 'ok' } } }
      : { status: 503, body: { database: { status: 'error' } } };
  },
  ping: async () => ({ status: 204, body: undefined }),
};
