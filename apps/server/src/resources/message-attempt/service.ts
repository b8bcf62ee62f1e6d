import { type CountOut, ID_PREFIX } from '@postrider/contract';
import type { RequestContext } from '../../context.js';
import { missingPayload } from '../../dispatch/dispatcher.js';
import { resend } from '../../dispatch/resend.js';
import { requireEndpoint } from '../../endpoints.js';
import { notFound } from '../../errors.js';
import { requireMessageKey } from '../../messages.js';
import type { Application } from '../../storage/application.js';
import {
  type Attempt,
  type AttemptFilter,
  countAttemptsOfEndpoint,
  findAttempt,
  type ListedAttempt,
  listAttemptsOfEndpoint,
  listAttemptsOfMessage,
} from '../../storage/attempt.js';
import { type AttemptedDestination, listAttemptedDestinations } from '../../storage/attempted-destination.js';
import { type AttemptedMessage, listAttemptedMessages } from '../../storage/attempted-message.js';
import type { Message } from '../../storage/message.js';
import { findMessages } from '../../storage/message-list.js';
import type { Page } from '../../storage/page.js';
import { toLabelFilter } from '../label-query.js';
import { toPageRequest } from '../page-query.js';
import { toWindow } from '../window-query.js';

interface ListQuery {
  readonly limit?: number | undefined;
  readonly iterator?: string | undefined;
}

/** What callers send to find attempts, or messages by their attempts. */
interface AttemptQuery extends ListQuery {
  readonly before?: Date | undefined;
  readonly after?: Date | undefined;
  readonly status?: number | undefined;
  readonly status_code_class?: number | undefined;
  readonly channel?: string | undefined;
  readonly tag?: string | undefined;
  readonly event_types?: readonly string[] | undefined;
  readonly with_content: boolean;
  readonly expanded_statuses: boolean;
}

const toFilter = (query: Omit<AttemptQuery, 'expanded_statuses'>): AttemptFilter => ({
  ...toLabelFilter(query),
  status: query.status,
  statusCodeClass: query.status_code_class,
  withContent: query.with_content,
});

/**
 * The endpoint's attempts, with their messages where those are asked for.
 *
 * @throws InvalidInputError for an impossible iterator; AppError 404
 */
export async function findAttemptsOfEndpoint(
  ctx: RequestContext,
  application: Application,
  endpointIdOrUid: string,
  query: AttemptQuery & { readonly with_msg: boolean },
): Promise<{ page: Page<ListedAttempt>; messages: ReadonlyMap<string, Message> }> {
  const database = ctx.database.kysely;
  const window = toWindow(ID_PREFIX.attempt, query, ctx.clock.now());
  const endpoint = await requireEndpoint(database, application.id, endpointIdOrUid);
  const page = await listAttemptsOfEndpoint(database, application.id, endpoint.id, toFilter(query), window);
  const ids = query.with_msg ? page.rows.map((row) => row.message_id) : [];
  return {
    page,
    messages: ids.length === 0 ? new Map() : await findMessages(database, application.id, ids),
  };
}

/**
 * How many attempts the list above has.
 *
 * @throws AppError 404
 */
export async function countAttempts(
  ctx: RequestContext,
  application: Application,
  endpointIdOrUid: string,
  query: Omit<AttemptQuery, 'expanded_statuses' | 'with_content' | 'limit' | 'iterator'>,
): Promise<CountOut> {
  const database = ctx.database.kysely;
  const endpoint = await requireEndpoint(database, application.id, endpointIdOrUid);
  const window = toWindow(ID_PREFIX.attempt, query, ctx.clock.now());
  const filter = toFilter({ ...query, with_content: false });
  return countAttemptsOfEndpoint(database, application.id, endpoint.id, filter, window);
}

/**
 * The message's attempts, at one endpoint where one is named.
 *
 * @throws InvalidInputError for an impossible iterator; AppError 404
 */
export async function findAttemptsOfMessage(
  ctx: RequestContext,
  application: Application,
  messageIdOrEventId: string,
  query: AttemptQuery,
  endpointIdOrUid: string | undefined,
): Promise<Page<ListedAttempt>> {
  const database = ctx.database.kysely;
  const window = toWindow(ID_PREFIX.attempt, query, ctx.clock.now());
  const message = await requireMessageKey(database, application.id, messageIdOrEventId);
  const endpoint =
    endpointIdOrUid === undefined
      ? undefined
      : await requireEndpoint(database, application.id, endpointIdOrUid);
  const filter = { ...toFilter(query), endpointId: endpoint?.id };
  return listAttemptsOfMessage(database, application.id, message.id, filter, window);
}

/**
 * The messages that the endpoint was sent. One that was canceled before anything was sent is listed for callers who
 * know that status; to others it would look delivered.
 *
 * @throws InvalidInputError for an impossible iterator; AppError 404
 */
export async function findAttemptedMessages(
  ctx: RequestContext,
  application: Application,
  endpointIdOrUid: string,
  query: AttemptQuery,
): Promise<Page<AttemptedMessage>> {
  const database = ctx.database.kysely;
  const window = toWindow(ID_PREFIX.message, query, ctx.clock.now());
  const { id: endpointId } = await requireEndpoint(database, application.id, endpointIdOrUid);
  const filter = { ...toFilter(query), includeUntriedCanceled: query.expanded_statuses };
  return listAttemptedMessages(database, { applicationId: application.id, endpointId }, filter, window);
}

/**
 * The endpoints that the message was sent to.
 *
 * @throws AppError 404
 */
export async function findDestinations(
  ctx: RequestContext,
  application: Application,
  messageIdOrEventId: string,
  query: ListQuery,
): Promise<Page<AttemptedDestination>> {
  const database = ctx.database.kysely;
  const message = await requireMessageKey(database, application.id, messageIdOrEventId);
  return listAttemptedDestinations(database, application.id, message.id, toPageRequest(query, 'ascending'));
}

/**
 * An attempt of a message.
 *
 * @throws AppError 404
 */
export async function requireAttempt(
  ctx: RequestContext,
  application: Application,
  messageIdOrEventId: string,
  id: string,
): Promise<Attempt> {
  const database = ctx.database.kysely;
  const message = await requireMessageKey(database, application.id, messageIdOrEventId);
  const attempt = await findAttempt(database, application.id, message.id, id);
  if (!attempt) throw notFound();
  return attempt;
}

/**
 * Sends a message to an endpoint once more; see `resend`.
 *
 * @throws AppError 404, 400 when the payload is not kept any more
 */
export async function resendMessage(
  ctx: RequestContext,
  application: Application,
  messageIdOrEventId: string,
  endpointIdOrUid: string,
): Promise<void> {
  const database = ctx.database.kysely;
  const message = await requireMessageKey(database, application.id, messageIdOrEventId);
  if (!message.hasPayload) throw missingPayload();
  const endpoint = await requireEndpoint(database, application.id, endpointIdOrUid);
  await resend(ctx, { applicationId: application.id, endpointId: endpoint.id, messageId: message.id });
}
