import type { contract } from '@postrider/contract';
import type { Handlers } from '../../handlers.js';
import { exportEnvironment, importEnvironment } from './transfer.js';

export const environmentRoutes: Handlers<typeof contract.environment> = {
  export: async ({ ctx, caller }) => ({
    status: 200,
    body: await exportEnvironment(ctx, caller.environmentId),
  }),
  import: async ({ ctx, caller, body }) => {
    await importEnvironment(ctx, caller.environmentId, body);
    return { status: 204, body: undefined };
  },
};
