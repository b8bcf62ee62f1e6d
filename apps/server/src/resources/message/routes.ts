import { type contract, ID_PREFIX } from '@postrider/contract';
import type { Handlers } from '../../handlers.js';
import { requireMessage } from '../../messages.js';
import { listMessages } from '../../storage/message-list.js';
import { toLabelFilter } from '../label-query.js';
import { presentPage } from '../page-query.js';
import { presentAttempt } from '../present-attempt.js';
import { presentMessage, presentRawPayload } from '../present-message.js';
import { toWindow } from '../window-query.js';
import { createMessage } from './create.js';
import { attemptOnce } from './test-attempt.js';

export const messageRoutes: Handlers<typeof contract.message> = {
  list: async ({ ctx, application, query }) => {
    const page = await listMessages(
      ctx.database.kysely,
      application.id,
      { ...toLabelFilter(query), withContent: query.with_content },
      toWindow(ID_PREFIX.message, query, ctx.clock.now()),
    );
    return {
      status: 200,
      body: presentPage(
        page,
        (row) => row.id,
        (row) => presentMessage(row, query.with_content),
      ),
    };
  },
  create: async ({ ctx, caller, params, query, body }) => {
    const message = await createMessage(ctx, caller.environmentId, params.app_id, body);
    return { status: 202, body: presentMessage(message, query.with_content) };
  },
  get: async ({ ctx, application, params, query }) => {
    const message = await requireMessage(ctx.database.kysely, application.id, params.msg_id);
    return { status: 200, body: presentMessage(message, query.with_content) };
  },
  getRawPayload: async ({ ctx, application, params }) => {
    const message = await requireMessage(ctx.database.kysely, application.id, params.msg_id);
    return { status: 200, body: { payload: presentRawPayload(message) } };
  },
  testAttempt: async ({ ctx, application, params, body }) => ({
    status: 201,
    body: presentAttempt(await attemptOnce(ctx, application, params.endpoint_id, body), true),
  }),
};
