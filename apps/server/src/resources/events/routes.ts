import type { contract } from '@postrider/contract';
import type { Handlers } from '../../handlers.js';
import { followEnvironment } from '../../storage/message-stream.js';
import { follow } from '../follow-messages.js';

export const eventsRoutes: Handlers<typeof contract.events> = {
  stream: async ({ ctx, caller, query }) => {
    const body = await follow(ctx, query, (filter, window) =>
      followEnvironment(ctx.database.kysely, caller.environmentId, filter, window),
    );
    return { status: 200, body };
  },
};
