import { type CallInfo, ConnectionError, TimeoutError } from './errors.js';
import { type TryOutcome, waitBeforeRetry } from './retry.js';
import type { Timing } from './timing.js';

/** One logical call, before it is known how many tries it takes. */
export interface TransportRequest {
  /** In capitals. */
  readonly method: string;
  /** Absolute, or a path in a browser. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Must be readable more than once: a string, not a stream. */
  readonly body?: BodyInit | null | undefined;
  /** The caller's own options for `fetch`, with the signal that ends the call. */
  readonly fetchOptions?: Omit<RequestInit, 'method' | 'headers' | 'body'> | undefined;
}

export interface TransportResponse {
  readonly call: CallInfo;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export interface TransportSettings {
  readonly fetch: typeof globalThis.fetch;
  /** For each try, until the last byte of the answer. */
  readonly timeoutMs: number;
  /** Tries after the first one. */
  readonly retries: number;
  readonly timing: Timing;
}

/**
 * Sends a request and repeats it where that is safe and may help (see `waitBeforeRetry`).
 *
 * Every try carries the same `x-request-id` and, on POST, the same `idempotency-key`, so that the server recognises
 * a repetition; repetitions carry `svix-retry-count`. An answer of any status is returned, not thrown.
 *
 * @throws ConnectionError (TimeoutError) when the last try brought no answer
 * @throws the reason of the caller's signal once that is aborted
 */
export async function send(
  request: TransportRequest,
  settings: TransportSettings,
): Promise<TransportResponse> {
  const headers = identify(request);
  const call = { method: request.method, path: pathOf(request.url), requestId: headers['x-request-id'] };
  const signal = request.fetchOptions?.signal ?? undefined;
  for (let retry = 0; ; retry += 1) {
    signal?.throwIfAborted();
    const counted = retry === 0 ? headers : { ...headers, 'svix-retry-count': String(retry) };
    const outcome = await attempt({ ...request, headers: counted }, call, retry + 1, settings);
    const wait =
      retry < settings.retries
        ? waitBeforeRetry(request.method, summarize(outcome), retry, settings.timing)
        : undefined;
    if (wait === undefined) {
      if (outcome instanceof ConnectionError) throw outcome;
      return outcome;
    }
    await settings.timing.delay(wait, signal);
  }
}

function identify(request: TransportRequest): Record<string, string> & { 'x-request-id': string } {
  const { headers } = request;
  return {
    ...headers,
    'x-request-id': headers['x-request-id'] || randomUuid(),
    ...(request.method === 'POST'
      ? { 'idempotency-key': headers['idempotency-key'] || `auto_${randomUuid()}` }
      : {}),
  };
}

/** `crypto.randomUUID` is missing from pages served over plain HTTP, as a self-hosted portal may well be. */
function randomUuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** The query is left out: it is of no use in an error's message, and may be private. */
const pathOf = (url: string): string => new URL(url, 'http://same.origin').pathname;

const summarize = (outcome: TransportResponse | ConnectionError): TryOutcome =>
  outcome instanceof ConnectionError
    ? { status: undefined, retryAfter: null }
    : { status: outcome.status, retryAfter: outcome.headers.get('retry-after') };

async function attempt(
  request: TransportRequest,
  call: CallInfo,
  tries: number,
  settings: TransportSettings,
): Promise<TransportResponse | ConnectionError> {
  const caller = request.fetchOptions?.signal ?? undefined;
  // Made outside of `try`: a malformed header is a mistake of the caller, not a fault of the network.
  const headers = new Headers(request.headers);
  const limit = limitTime(caller, settings);
  try {
    const response = await settings.fetch(request.url, {
      // A followed redirect would turn a POST into a GET; the answer is shown as it is instead.
      redirect: 'manual',
      ...request.fetchOptions,
      method: request.method,
      headers,
      body: request.body ?? null,
      signal: limit.signal,
    });
    return { call, status: response.status, headers: response.headers, text: await response.text() };
  } catch (cause) {
    caller?.throwIfAborted();
    return limit.isExpired()
      ? new TimeoutError(call, tries, settings.timeoutMs)
      : new ConnectionError(call, tries, cause);
  } finally {
    limit.release();
  }
}

/**
 * A signal that is aborted with the caller's or when the time of a try is over.
 *
 * Not `AbortSignal.any`: in Node 20 each use leaves something behind on a caller's signal that lives long, such as
 * that of a whole process.
 */
function limitTime(caller: AbortSignal | undefined, settings: TransportSettings) {
  const controller = new AbortController();
  let expired = false;
  const follow = () => controller.abort(caller?.reason);
  const cancel = settings.timing.deadline(settings.timeoutMs, () => {
    expired = true;
    controller.abort();
  });
  caller?.addEventListener('abort', follow, { once: true });
  return {
    signal: controller.signal,
    isExpired: () => expired,
    release: () => {
      cancel();
      caller?.removeEventListener('abort', follow);
    },
  };
}
