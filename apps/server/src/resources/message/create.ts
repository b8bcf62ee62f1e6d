import type { MessageIn } from '@postrider/contract';
import { resolveApplication } from '../../applications.js';
import type { RequestContext } from '../../context.js';
import type { MessageToAccept } from '../../dispatch/accept.js';
import { rawMember } from '../../dispatch/raw-json.js';
import { AppError, invalidInput, notFound } from '../../errors.js';
import { events } from '../../observability/events.js';
import { checkChannels, checkPayloadSize } from '../../quotas.js';
import type { Message } from '../../storage/message.js';

const HOUR_MS = 3_600_000;
/** How far ahead a message may be dated, in ms. */
const DELIVER_AT_MS = { least: 60_000, most: 24 * HOUR_MS };
/** What callers may write a little too early or late: clocks differ. */
const CLOCK_SLACK_MS = 5_000;

/**
 * Accepts a message: once this resolves it is stored with its deliveries. Makes the application first where the call
 * brings one.
 *
 * @throws AppError 404, 409 for an event id that is taken, 413; InvalidInputError
 */
export async function createMessage(
  ctx: RequestContext,
  environmentId: string,
  idOrUid: string,
  input: MessageIn,
): Promise<Message> {
  const message = toMessage(ctx, input);
  const span = ctx.tracing?.startAccept(ctx.traceParent);
  if (!span) return acceptMessage(ctx, environmentId, idOrUid, input, message);
  try {
    const traced = { ...message, traceParent: span.traceParent };
    const accepted = await acceptMessage(ctx, environmentId, idOrUid, input, traced);
    span.end({
      'postrider.environment.id': environmentId,
      'postrider.application.id': accepted.application_id,
      'postrider.message.id': accepted.id,
      'postrider.event_type': accepted.event_type,
      'http.request.method': 'POST',
      'http.route': '/api/v1/app/{app_id}/msg/',
    });
    return accepted;
  } catch (error) {
    span.end({ 'postrider.environment.id': environmentId }, error instanceof AppError ? error.code : 'error');
    throw error;
  }
}

async function acceptMessage(
  ctx: RequestContext,
  environmentId: string,
  idOrUid: string,
  input: MessageIn,
  message: MessageToAccept,
): Promise<Message> {
  const accepted = await ctx.dispatch.accept(environmentId, idOrUid, message);
  if (accepted) return accepted;
  if (message.refusal) throw message.refusal;
  const { application, created } = await ctx.database.kysely
    .transaction()
    .execute((transaction) =>
      resolveApplication(ctx, transaction, environmentId, idOrUid, input.application),
    );
  if (created) events.applicationCreated(ctx, { environmentId, applicationId: application.id });
  const late = await ctx.dispatch.accept(environmentId, application.id, message);
  if (!late) throw notFound('Application not found');
  return late;
}

/**
 * A message as it is accepted.
 *
 * @throws InvalidInputError, AppError 413 for a payload beyond the limit
 */
export function toMessage(ctx: RequestContext, input: MessageIn): MessageToAccept {
  checkChannels(ctx, input.channels);
  const payload = payloadOf(ctx, input);
  checkPayloadSize(ctx, payload);
  return {
    eventType: input.eventType,
    eventId: input.eventId ?? null,
    channels: input.channels ?? null,
    tags: input.tags ?? null,
    payload,
    headers: input.transformationsParams?.headers
      ? JSON.stringify(input.transformationsParams.headers)
      : null,
    payloadExpiresAt: expiryOf(ctx, input),
    deliverAt: input.deliverAt ?? null,
    idempotencyKey: ctx.callId,
    refusal: refuseDate(ctx, input.deliverAt ?? null),
  };
}

/** The body for endpoints: the raw payload, else the bytes of the JSON object just as they came. */
export function payloadOf(
  ctx: RequestContext,
  input: Pick<MessageIn, 'payload' | 'transformationsParams'>,
): string {
  const raw = input.transformationsParams?.rawPayload;
  if (raw !== undefined && raw !== null) {
    if (raw.includes('\u0000') || /\p{Cs}/u.test(raw)) {
      throw invalidInput(
        ['body', 'transformations_params', 'raw_payload'],
        'The raw payload must be text without NUL.',
      );
    }
    return raw;
  }
  return rawMember(ctx.rawBody, 'payload') ?? rawMember(ctx.rawBody, 'data') ?? JSON.stringify(input.payload);
}

/** When the payload goes; null: with the message. */
export function expiryOf(
  ctx: RequestContext,
  input: Pick<MessageIn, 'payloadRetentionHours' | 'payloadRetentionPeriod'>,
): Date | null {
  const hours = input.payloadRetentionHours ?? (input.payloadRetentionPeriod ?? 0) * 24;
  if (hours === 0 || hours >= ctx.config.dispatch.retentionDays * 24) return null;
  return new Date(ctx.clock.now().getTime() + hours * HOUR_MS);
}

/** What is wrong with the date for a new message; a repeated call had a right one when it came first. */
function refuseDate(ctx: RequestContext, at: Date | null): Error | undefined {
  if (at === null) return undefined;
  const ahead = at.getTime() - ctx.clock.now().getTime();
  const isRight =
    ahead >= DELIVER_AT_MS.least - CLOCK_SLACK_MS && ahead <= DELIVER_AT_MS.most + CLOCK_SLACK_MS;
  if (isRight) return undefined;
  return invalidInput(['body', 'deliver_at'], 'deliverAt must be between 1 minute and 24 hours ahead');
}
