import { ID_PREFIX } from '@postrider/contract';
import type { Context } from '../context.js';
import { createId } from '../ids.js';
import type { Span } from '../observability/tracing.js';
import type { SendResult } from '../outbound/exchange.js';
import type { Sender } from '../outbound/send.js';
import type { HeaderPair } from '../outbound/target.js';
import { signMessage } from '../signing/sign.js';
import type { NewAttempt } from '../storage/record.js';
import { announcementOf } from './announce-attempt.js';
import type { KnownEndpoint } from './application-cache.js';
import { type Outcome, readOutcome } from './outcome.js';
import { nextAttemptDelayMs } from './retry.js';
import type { RetrySchedules } from './retry-schedules.js';

/** A delivery that this process has taken: one request is to be made. */
export interface Work {
  readonly applicationId: string;
  readonly endpointId: string;
  readonly messageId: string;
  readonly eventType: string;
  readonly eventId: string | null;
  readonly payload: string;
  /** Headers of the message, as the JSON object that it was created with. */
  readonly headers: string | null;
  /** The span that accepted the message; null where tracing was off. */
  readonly traceParent: string | null;
  readonly owner: number;
  readonly lease: number;
  /** Scheduled attempts that were made before. */
  readonly attempts: number;
  /** A resend. */
  readonly manual: boolean;
  /** When the message could be delivered first. */
  readonly readyAt: Date;
}

/** What came of one request: what to record, and what it means for the endpoint. */
export interface Delivered {
  readonly attempt: NewAttempt;
  readonly outcome: Outcome;
  /** The schedule is used up with this failure. */
  readonly exhausted: boolean;
}

interface Names {
  readonly id: string;
  readonly timestamp: string;
  readonly signature: string;
}

const SVIX_NAMES: Names = { id: 'svix-id', timestamp: 'svix-timestamp', signature: 'svix-signature' };
const PLAIN_NAMES: Names = {
  id: 'webhook-id',
  timestamp: 'webhook-timestamp',
  signature: 'webhook-signature',
};

/** Names of the headers that carry id, time and signature (spec: wire behaviour, section 7.2). */
export const headerNames = (whitelabel: boolean): Names => (whitelabel ? PLAIN_NAMES : SVIX_NAMES);

const messageHeaders = (text: string | null): HeaderPair[] =>
  text === null ? [] : Object.entries(JSON.parse(text) as Record<string, string>);

/** Makes one request of a delivery. Network failures are outcomes; what is thrown is a fault of ours. */
export async function deliver(
  ctx: Context,
  { sender, schedules }: { readonly sender: Sender; readonly schedules: RetrySchedules },
  endpoint: KnownEndpoint,
  work: Work,
): Promise<Delivered> {
  const createdAt = ctx.clock.now();
  const timestampSeconds = Math.floor(createdAt.getTime() / 1000);
  const credentials = endpoint.credentials();
  const secrets = credentials.secrets
    .filter(({ until }) => until === null || until > createdAt)
    .map(({ secret }) => secret);
  const signature = signMessage({ id: work.messageId, timestampSeconds, body: work.payload, secrets });
  const names = headerNames(ctx.config.signature.whitelabelHeaders);
  const ofMessage = messageHeaders(work.headers);
  const span = ctx.tracing?.startAttempt(work.traceParent);
  const result = await sender.send({
    url: endpoint.url,
    headers: [
      ...ofMessage,
      ...traceHeader(span),
      [names.id, work.messageId],
      [names.timestamp, String(timestampSeconds)],
      [names.signature, signature],
      ...credentials.headers,
    ],
    body: work.payload,
  });
  const own = [...ofMessage, ...credentials.headers];
  const now = ctx.clock.now().getTime();
  const outcome = readOutcome(result, now);
  // Only what may be tried again has to know when.
  const scheduleMs =
    work.manual || outcome.kind !== 'failure'
      ? []
      : await schedules.of(endpoint.environmentId, work.eventType);
  const delivered = conclude(endpoint, work, { result, outcome, scheduleMs, now, createdAt, signature, own });
  if (span) endSpan(span, work, delivered, result);
  return delivered;
}

const traceHeader = (span: Span | undefined): HeaderPair[] =>
  span === undefined ? [] : [['traceparent', span.traceParent]];

/** What a trace tells of a request. Not its address: path and query may hold a key. */
function endSpan(span: Span, work: Work, { attempt, outcome }: Delivered, result: SendResult): void {
  const failure = result.kind === 'failure' ? result.reason : String(attempt.statusCode);
  const fields = {
    'postrider.application.id': work.applicationId,
    'postrider.endpoint.id': work.endpointId,
    'postrider.message.id': work.messageId,
    'postrider.attempt.id': attempt.id,
    'postrider.attempt.number': work.attempts + 1,
    'postrider.attempt.manual': work.manual,
    'http.request.method': 'POST',
    ...(attempt.statusCode > 0 ? { 'http.response.status_code': attempt.statusCode } : {}),
  };
  span.end(fields, outcome.kind === 'success' ? undefined : failure);
}

interface Exchange {
  readonly result: SendResult;
  readonly outcome: Outcome;
  readonly scheduleMs: readonly number[];
  /** When it was answered, in Unix milliseconds. */
  readonly now: number;
  readonly createdAt: Date;
  readonly signature: string;
  readonly own: readonly HeaderPair[];
}

function conclude(endpoint: KnownEndpoint, work: Work, exchange: Exchange): Delivered {
  const { result, outcome, scheduleMs, now, createdAt, signature, own } = exchange;
  const delay = work.manual || outcome.kind !== 'failure' ? null : retryDelay(scheduleMs, work, outcome);
  const { record } = outcome;
  const attempt: NewAttempt = {
    applicationId: work.applicationId,
    messageId: work.messageId,
    endpointId: work.endpointId,
    id: createId(ID_PREFIX.attempt, createdAt),
    eventType: work.eventType,
    url: endpoint.url,
    status: outcome.kind === 'success' ? 0 : 2,
    statusCode: record.statusCode,
    durationMs: Math.round(record.durationMs),
    manual: work.manual,
    response: record.response === '' ? null : record.response,
    signature,
    responseHeaders: result.kind === 'response' ? JSON.stringify(result.headers) : null,
    sentHeaders: own.length === 0 ? null : JSON.stringify(own.map(([name]) => name)),
    createdAt,
    owner: work.owner,
    lease: work.lease,
    nextStatus: outcome.kind === 'success' ? 0 : work.manual ? null : delay === null ? 2 : 3,
    retryAt: delay === null ? null : new Date(now + delay),
  };
  const exhausted = !work.manual && outcome.kind !== 'success' && delay === null;
  return { attempt: withAnnouncement(endpoint, work, attempt), outcome, exhausted };
}

function withAnnouncement(endpoint: KnownEndpoint, work: Work, attempt: NewAttempt): NewAttempt {
  const announcement = announcementOf(endpoint, work, attempt);
  return announcement ? { ...attempt, announcement } : attempt;
}

const retryDelay = (
  scheduleMs: readonly number[],
  work: Work,
  outcome: Extract<Outcome, { kind: 'failure' }>,
): number | null =>
  nextAttemptDelayMs({
    scheduleMs,
    attemptNumber: work.attempts,
    cause: outcome.cause,
    retryAfterMs: outcome.retryAfterMs,
    random: Math.random,
  });

/** What is recorded of a delivery whose payload is not kept any more: it has failed, and nothing was sent. */
export function concludeExpired(ctx: Context, endpoint: KnownEndpoint, work: Work): NewAttempt {
  const createdAt = ctx.clock.now();
  return withAnnouncement(endpoint, work, {
    applicationId: work.applicationId,
    messageId: work.messageId,
    endpointId: work.endpointId,
    id: createId(ID_PREFIX.attempt, createdAt),
    eventType: work.eventType,
    url: endpoint.url,
    status: 2,
    statusCode: 0,
    durationMs: 0,
    manual: work.manual,
    response: 'the payload of the message is not kept any more',
    signature: null,
    responseHeaders: null,
    sentHeaders: null,
    createdAt,
    owner: work.owner,
    lease: work.lease,
    nextStatus: work.manual ? null : 2,
    retryAt: null,
  });
}
