import { type contract, ID_PREFIX } from '@postrider/contract';
import type { Handlers } from '../../handlers.js';
import { requireMessage } from '../../messages.js';
import { listMessages } from '../../storage/message-list.js';
import { followApplication } from '../../storage/message-stream.js';
import { follow } from '../follow-messages.js';
import { toLabelFilter } from '../label-query.js';
import { presentPage } from '../page-query.js';
import { presentAttempt } from '../present-attempt.js';
import { presentMessage, presentRawPayload } from '../present-message.js';
import { presentStartedTask } from '../present-task.js';
import { toWindow } from '../window-query.js';
import { broadcastMessage } from './broadcast.js';
import { expungeMessage, expungeMessages } from './content.js';
import { createMessage } from './create.js';
import { precheckMessage } from './precheck.js';
import { expungeAllContents } from './purge.js';
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
  search: async ({ ctx, application, body }) => {
    const { limit, with_content: withContent } = body;
    const query = {
      limit,
      iterator: body.iterator ?? undefined,
      before: body.before ?? undefined,
      after: body.after ?? undefined,
    };
    const filter = toLabelFilter({
      channel: body.channel ?? undefined,
      tag: body.tag ?? undefined,
      event_types: body.event_types?.length ? body.event_types : undefined,
    });
    const window = toWindow(ID_PREFIX.message, query, ctx.clock.now(), ['body', 'iterator']);
    const page = await listMessages(ctx.database.kysely, application.id, { ...filter, withContent }, window);
    return {
      status: 200,
      body: presentPage(
        page,
        (row) => row.id,
        (row) => presentMessage(row, withContent),
      ),
    };
  },
  events: async ({ ctx, application, query }) => {
    const body = await follow(ctx, query, (filter, window) =>
      followApplication(ctx.database.kysely, application.id, filter, window),
    );
    return { status: 200, body };
  },
  precheck: async ({ ctx, caller, params, body }) => {
    const active = await precheckMessage(ctx, caller.environmentId, params.app_id, body);
    return { status: 200, body: { active } };
  },
  expungeContent: async ({ ctx, caller, params }) => {
    await expungeMessage(ctx, caller.environmentId, params.app_id, params.msg_id);
    return { status: 204, body: undefined };
  },
  bulkExpungeContent: async ({ ctx, caller, params, body }) => {
    const results = await expungeMessages(ctx, caller.environmentId, params.app_id, body.ids);
    return { status: 200, body: { results } };
  },
  expungeAllContents: async ({ ctx, caller, params }) => {
    const task = await expungeAllContents(ctx, caller.environmentId, params.app_id);
    return { status: 202, body: presentStartedTask(task) };
  },
  broadcast: async ({ ctx, caller, body }) => {
    const task = await broadcastMessage(ctx, caller.environmentId, body);
    return { status: 202, body: presentStartedTask(task) };
  },
  getRawPayload: async ({ ctx, application, params }) => {
    const message = await requireMessage(ctx.database.kysely, application.id, params.msg_id);
    return { status: 200, body: presentRawPayload(message) };
  },
  testAttempt: async ({ ctx, application, params, body }) => ({
    status: 201,
    body: presentAttempt(await attemptOnce(ctx, application, params.endpoint_id, body), true),
  }),
};
