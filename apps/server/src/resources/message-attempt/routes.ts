import type { contract } from '@postrider/contract';
import type { Handlers } from '../../handlers.js';
import type { ListedAttempt } from '../../storage/attempt.js';
import type { Page } from '../../storage/page.js';
import { presentPage } from '../page-query.js';
import { presentAttempt } from '../present-attempt.js';
import { describeAttemptHeaders } from './headers.js';
import { presentAttemptedMessage, presentDestination } from './present.js';
import {
  findAttemptedMessages,
  findAttemptsOfEndpoint,
  findAttemptsOfMessage,
  findDestinations,
  requireAttempt,
  resendMessage,
} from './service.js';

const presentAttempts = (page: Page<ListedAttempt>, withContent: boolean) =>
  presentPage(
    page,
    (row) => row.id,
    (row) => presentAttempt(row, withContent),
  );

export const messageAttemptRoutes: Handlers<typeof contract.messageAttempt> = {
  listByEndpoint: async ({ ctx, application, params, query }) => {
    const { page, messages } = await findAttemptsOfEndpoint(ctx, application, params.endpoint_id, query);
    return {
      status: 200,
      body: presentPage(
        page,
        (row) => row.id,
        (row) => presentAttempt(row, query.with_content, messages.get(row.message_id)),
      ),
    };
  },
  listByMsg: async ({ ctx, application, params, query }) => {
    const page = await findAttemptsOfMessage(ctx, application, params.msg_id, query, query.endpoint_id);
    return { status: 200, body: presentAttempts(page, query.with_content) };
  },
  listAttemptedMessages: async ({ ctx, application, params, query }) => {
    const page = await findAttemptedMessages(ctx, application, params.endpoint_id, query);
    const sight = { withContent: query.with_content, expandedStatuses: query.expanded_statuses };
    return {
      status: 200,
      body: presentPage(
        page,
        (row) => row.id,
        (row) => presentAttemptedMessage(row, sight),
      ),
    };
  },
  listAttemptedDestinations: async ({ ctx, application, params, query }) => {
    const page = await findDestinations(ctx, application, params.msg_id, query);
    return { status: 200, body: presentPage(page, (row) => row.id, presentDestination) };
  },
  get: async ({ ctx, application, params }) => {
    const attempt = await requireAttempt(ctx, application, params.msg_id, params.attempt_id);
    return { status: 200, body: presentAttempt(attempt, true) };
  },
  getHeaders: async ({ ctx, application, params }) => {
    const attempt = await requireAttempt(ctx, application, params.msg_id, params.attempt_id);
    return { status: 200, body: describeAttemptHeaders(ctx, attempt) };
  },
  resend: async ({ ctx, application, params }) => {
    await resendMessage(ctx, application, params.msg_id, params.endpoint_id);
    return { status: 202, body: {} };
  },
  listOfMsg: async ({ ctx, application, params, query }) => {
    const page = await findAttemptsOfMessage(ctx, application, params.msg_id, query, query.endpoint_id);
    return { status: 200, body: presentAttempts(page, query.with_content) };
  },
  listOfMsgAndEndpoint: async ({ ctx, application, params, query }) => {
    const page = await findAttemptsOfMessage(ctx, application, params.msg_id, query, params.endpoint_id);
    return { status: 200, body: presentAttempts(page, query.with_content) };
  },
};
