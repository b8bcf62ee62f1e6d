import type { Answer, SendResult } from '../outbound/exchange.js';
import { type FailureCause, parseRetryAfter } from './retry.js';

/** What an attempt records of the answer (spec: wire behaviour, section 7.4). */
export interface AttemptRecord {
  /** 0 when there was no answer. */
  readonly statusCode: number;
  /** Body of the answer, or why there was none. */
  readonly response: string;
  /** Milliseconds to the head of the answer, or to the error. */
  readonly durationMs: number;
}

/** What becomes of the endpoint. `gone`: the receiver answered 410. `asked`: it asked for it in a header. */
export type EndpointVerdict =
  | { readonly disable: false }
  | { readonly disable: true; readonly why: 'gone' | 'asked' };

/** What an attempt means for its delivery and its endpoint. */
export type Outcome =
  /** The receiver has the message. */
  | { readonly kind: 'success'; readonly record: AttemptRecord; readonly endpoint: EndpointVerdict }
  /** It failed and may be tried again, when the schedule says so. */
  | {
      readonly kind: 'failure';
      readonly record: AttemptRecord;
      readonly cause: FailureCause;
      /** How long the receiver asked to wait, in milliseconds. */
      readonly retryAfterMs: number | null;
    }
  /** It failed and must not be tried again: the receiver said so, or there is none any more. */
  | { readonly kind: 'refusal'; readonly record: AttemptRecord; readonly endpoint: EndpointVerdict };

const KEEP: EndpointVerdict = { disable: false };

/**
 * Reads what came of a request.
 *
 * - Success is 200 to 299; everything else failed, redirects too.
 * - 410 Gone disables the endpoint (Standard Webhooks).
 * - The reply header `webhook-delivery: disable` disables the endpoint, whatever the status; `abort-message` ends the retries
 *   of this message and means nothing on a success. A failure that disables its endpoint is not retried.
 *
 * @param nowMs present time in Unix milliseconds, for a Retry-After that is a date
 */
export function readOutcome(result: SendResult, nowMs: number): Outcome {
  if (result.kind === 'failure') {
    const { reason, message, durationMs } = result;
    const record = { statusCode: 0, response: message, durationMs };
    return { kind: 'failure', record, cause: reason === 'timeout' ? 'timeout' : 'other', retryAfterMs: null };
  }
  const { statusCode, body, durationMs } = result;
  const record = { statusCode, response: body, durationMs };
  const instruction = findHeader(result, 'webhook-delivery')?.trim().toLowerCase();
  const endpoint = judgeEndpoint(statusCode, instruction);
  if (statusCode >= 200 && statusCode <= 299) return { kind: 'success', record, endpoint };
  if (endpoint.disable || instruction === 'abort-message') return { kind: 'refusal', record, endpoint };
  const retryAfter = findHeader(result, 'retry-after');
  return {
    kind: 'failure',
    record,
    cause: statusCode === 429 ? 'too-many-requests' : 'other',
    retryAfterMs: retryAfter === undefined ? null : parseRetryAfter(retryAfter, nowMs),
  };
}

function judgeEndpoint(statusCode: number, instruction: string | undefined): EndpointVerdict {
  if (statusCode === 410) return { disable: true, why: 'gone' };
  return instruction === 'disable' ? { disable: true, why: 'asked' } : KEEP;
}

const findHeader = ({ headers }: Answer, name: string): string | undefined =>
  headers.find(([key]) => key.length === name.length && key.toLowerCase() === name)?.[1];
