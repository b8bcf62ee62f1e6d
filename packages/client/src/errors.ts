import type { ValidationError } from '@postrider/contract';
import { parseRetryAfter } from './retry.js';

/** Which call an error is about. */
export interface CallInfo {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** The `x-request-id` that all tries of the call carried; the server's log knows the call by it. */
  readonly requestId: string;
}

/** What a call of the client resolves to. Operations declare narrower types; this is what they have in common. */
export interface CallResult {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Headers;
  /** Set on everything that a client returns; a stand-in in a test may leave it out. */
  readonly call?: CallInfo;
}

/** The statuses that carry what was asked for. */
export type SuccessStatus = 200 | 201 | 202 | 203 | 204 | 205 | 206 | 207;

/** The body that a result has where the call succeeded. */
export type SuccessBody<Result extends CallResult> = Extract<Result, { status: SuccessStatus }>['body'];

/** Longest piece of a plain-text answer that is kept as `detail`, in characters. */
const MAX_DETAIL_LENGTH = 500;

/**
 * An answer other than success, or one that is not what the contract declares (`code` is then `unexpected_answer`).
 *
 * The message names method, path, status, code and what the server says is wrong. It holds nothing of the request's
 * headers and body, and what looks like one of our tokens or secrets is masked even where the server repeats it.
 */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** HTTP status; 0 for a redirect in a browser, which hides it. */
  readonly status: number;
  /**
   * For programs to branch on. What the server says (`not_found`); else `validation_error` for a 422 with a list,
   * `unexpected_answer` for an answer against the contract, or `http_<status>`, as of a proxy before the server.
   */
  readonly code: string;
  /** For people to read: a text, or on 422 one entry for each thing wrong with the input. */
  readonly detail: string | readonly ValidationError[];
  /** What to look for in the server's log. */
  readonly requestId: string | undefined;
  /** How long the server asked to wait before the next call, in milliseconds from when this error was made. */
  readonly retryAfterMs: number | undefined;
  readonly headers: Headers;
  /** The whole answer as it came: parsed if it was JSON, else text; undefined if it was empty. */
  readonly body: unknown;

  /**
   * @param result the answer
   * @param violation how the answer departs from the contract, if that is what is wrong with it
   */
  constructor(result: CallResult, violation?: string) {
    const code = violation === undefined ? codeOf(result) : 'unexpected_answer';
    const said = violation ?? detailOf(result.body);
    super(describe(result, code, said));
    this.status = result.status;
    this.code = code;
    this.detail = said ?? plainText(result);
    this.requestId = result.headers.get('x-request-id') ?? result.call?.requestId;
    this.retryAfterMs = parseRetryAfter(result.headers.get('retry-after'), Date.now());
    this.headers = result.headers;
    this.body = result.body;
  }
}

/** No complete answer came: the server cannot be reached, or the connection broke. `cause` is the platform's error. */
export class ConnectionError extends Error {
  override readonly name: 'ConnectionError' | 'TimeoutError' = 'ConnectionError';
  readonly requestId: string;
  /** How often the call was sent. */
  readonly tries: number;

  constructor(call: CallInfo, tries: number, cause: unknown, reason: string = reasonOf(cause)) {
    const count = tries === 1 ? '1 try' : `${tries} tries`;
    super(mask(`${call.method} ${call.path} got no answer in ${count}: ${reason}`), { cause });
    this.requestId = call.requestId;
    this.tries = tries;
  }
}

/** The last try took longer than the client's `timeoutMs`. The server may have done what was asked for all the same. */
export class TimeoutError extends ConnectionError {
  override readonly name = 'TimeoutError';
  /** What one try was given, in milliseconds. */
  readonly timeoutMs: number;

  constructor(call: CallInfo, tries: number, timeoutMs: number) {
    super(call, tries, undefined, `timed out after ${timeoutMs} ms`);
    this.timeoutMs = timeoutMs;
  }
}

/**
 * The body of a call that succeeded: `const application = await unwrap(client.application.get({ params }))`.
 *
 * @throws ApiError for every other answer, besides what the call itself throws
 */
export async function unwrap<Result extends CallResult>(call: Promise<Result>): Promise<SuccessBody<Result>> {
  const result = await call;
  if (isSuccess(result)) return result.body;
  throw new ApiError(result);
}

const isSuccess = <Result extends CallResult>(
  result: Result,
): result is Extract<Result, { status: SuccessStatus }> => result.status >= 200 && result.status < 300;

function codeOf({ status, body }: CallResult): string {
  if (isErrorBody(body) && typeof body.code === 'string' && body.code !== '') return body.code;
  return Array.isArray(detailOf(body)) ? 'validation_error' : `http_${status}`;
}

function detailOf(body: unknown): string | ValidationError[] | undefined {
  if (!isErrorBody(body)) return undefined;
  const { detail } = body;
  if (typeof detail === 'string') return detail;
  return Array.isArray(detail) ? detail.filter(isErrorBody).map(toValidationError) : undefined;
}

const toValidationError = ({ loc, msg, type }: ErrorBody): ValidationError => ({
  loc: Array.isArray(loc) ? loc.map(String) : [],
  msg: typeof msg === 'string' ? msg : '',
  type: typeof type === 'string' ? type : '',
});

/** The page of a proxy is nothing to show to people; a line of text is. */
function plainText({ status, body }: CallResult): string {
  const text = typeof body === 'string' ? body.trim() : '';
  return text === '' || text.startsWith('<') ? `HTTP status ${status}` : text.slice(0, MAX_DETAIL_LENGTH);
}

function describe(
  result: CallResult,
  code: string,
  said: string | readonly ValidationError[] | undefined,
): string {
  const call = result.call === undefined ? 'the call' : `${result.call.method} ${result.call.path}`;
  const detail =
    typeof said === 'object' ? said.map(({ loc, msg }) => `${loc.join('.')}: ${msg}`).join('; ') : said;
  return mask(`${call} failed with ${result.status} ${code}${detail ? `: ${detail}` : ''}`);
}

/** fetch says only 'fetch failed'; why stands in the innermost cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown fault';
  if (error.cause instanceof Error) return reasonOf(error.cause);
  return error.message || ('code' in error && String(error.code)) || error.name;
}

const mask = (text: string): string => text.replace(/\b(sk|appsk|whsec|whsk)_[\w+/=.-]+/g, '$1_***');

/** What may be in an error's body or in an entry of its list. Other servers are known to leave out any of it. */
type ErrorBody = Readonly<Partial<Record<'code' | 'detail' | 'loc' | 'msg' | 'type', unknown>>>;

const isErrorBody = (value: unknown): value is ErrorBody => typeof value === 'object' && value !== null;
