import { type Contract, contract } from '@postrider/contract';
import {
  type ApiFetcher,
  type AppRoute,
  type InitClientArgs,
  type InitClientReturn,
  initClient,
  TsRestResponseValidationError,
  validateResponse,
} from '@ts-rest/core';
import { checkServerUrl, encodePathParameters, queryString } from './address.js';
import { ApiError, type CallResult } from './errors.js';
import { systemTiming, type Timing } from './timing.js';
import { send, type TransportResponse, type TransportSettings } from './transport.js';

/** The token of every call, or where to get it. A function is asked once for each call; undefined sends none. */
export type TokenSource = string | (() => string | undefined | Promise<string | undefined>);

export interface ClientOptions {
  /** Address of the server, such as `https://webhooks.example.com`. `''` in a browser: the origin of the page. */
  readonly serverUrl: string;
  /** An environment key (`sk_…`) or a portal session's token (`appsk_…`). */
  readonly token?: TokenSource | undefined;
  /** What one try may take until the last byte of the answer, in milliseconds. Default: 30 000. */
  readonly timeoutMs?: number | undefined;
  /** How often a call is repeated at most. Default: 2. */
  readonly retries?: number | undefined;
  /** Stands in for the platform's `fetch`. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** Value of the header `user-agent`. Some browsers send their own all the same. */
  readonly userAgent?: string | undefined;
  /** Stands in for the platform's clock and timers: for tests. */
  readonly timing?: Partial<Timing> | undefined;
}

/** The operations of the API by resource: `client.application.list({ query: { limit: 10 } })`. */
export type Client = InitClientReturn<Contract, InitClientArgs>;

/** Version of this package. */
export const VERSION = '0.1.0';

const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_RETRIES = 2;
/** Timers take no more; beyond it they fire at once. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/**
 * A client of one server, usable at once and for any number of calls at a time.
 *
 * A call resolves only to what the contract declares for the operation, as `{ status, body, headers }`: success or one
 * of the declared errors (`unwrap` turns the latter into throws). Everything else is thrown:
 *
 * - ApiError: an answer that the contract does not declare, such as a 500, or whose body is not of the declared shape
 * - ConnectionError, TimeoutError: no answer, after all retries
 * - the reason of the signal given as `fetchOptions.signal`, once that is aborted
 * - TypeError: a path parameter that is missing, empty, `.` or `..`, or a token or header that HTTP cannot carry
 *
 * @throws TypeError for a `serverUrl` that no call could reach
 * @throws RangeError for a `timeoutMs` or `retries` out of range
 */
export function createClient(options: ClientOptions): Client {
  const settings = checkSettings(options);
  const argumentsOfClient: InitClientArgs = {
    baseUrl: checkServerUrl(options.serverUrl),
    baseHeaders: {
      accept: 'application/json',
      'user-agent': options.userAgent ?? `postrider-client/${VERSION}`,
    },
    api: fetcher(options.token, settings),
  };
  const client = initClient(contract, argumentsOfClient);
  guardPathParameters(contract, client);
  return client;
}

function checkSettings(options: ClientOptions): TransportSettings {
  const { timeoutMs = DEFAULT_TIMEOUT_MS, retries = DEFAULT_RETRIES } = options;
  if (!(timeoutMs > 0 && timeoutMs <= MAX_TIMEOUT_MS)) {
    throw new RangeError(`timeoutMs must be above 0 and at most ${MAX_TIMEOUT_MS}`);
  }
  if (!Number.isInteger(retries) || retries < 0) throw new RangeError('retries must be 0 or a whole number');
  return {
    // Looked up at each call, so that what replaces the global later is used as well.
    fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
    timeoutMs,
    retries,
    timing: { ...systemTiming, ...options.timing },
  };
}

/** What ts-rest calls instead of its own fetch, whose query strings, bodies and lack of a timeout do not suit us. */
function fetcher(token: TokenSource | undefined, settings: TransportSettings): ApiFetcher {
  return async ({ route, path, method, headers, body, rawQuery, fetchOptions }) => {
    const authorization = 'authorization' in headers ? undefined : await bearer(token);
    const response = await send(
      {
        method,
        url: `${path.replace(/\?.*$/s, '')}${queryString(rawQuery)}`,
        headers: authorization === undefined ? headers : { ...headers, authorization },
        body,
        fetchOptions,
      },
      settings,
    );
    return toResult(route, response);
  };
}

/** The header that carries the token. @throws TypeError for one that HTTP cannot carry */
export async function bearer(source: TokenSource | undefined): Promise<string | undefined> {
  const token = (typeof source === 'function' ? await source() : source)?.trim();
  if (!token) return undefined;
  // The platform's own complaint would show the token.
  if (!/^[\x21-\x7e]+$/.test(token)) throw new TypeError('the token has characters that HTTP cannot carry');
  return `Bearer ${token}`;
}

/** The result as the contract declares it, or an ApiError: the types of a client must not promise what did not come. */
function toResult(route: AppRoute, { call, status, headers, text }: TransportResponse): CallResult {
  const result: CallResult = { call, status, headers, body: bodyOf(status, headers, text) };
  if (!(status in route.responses)) {
    throw new ApiError(result, status >= 400 ? undefined : undeclared(status));
  }
  try {
    return { ...result, ...validateResponse({ appRoute: route, response: result }) };
  } catch (error) {
    if (!(error instanceof TsRestResponseValidationError)) throw error;
    if (status >= 400) throw new ApiError(result);
    const places = error.cause.issues.map((issue) => (issue.path ?? []).map(String).join('.') || 'the body');
    throw new ApiError(result, `the answer is not of the declared shape in ${places.slice(0, 5).join(', ')}`);
  }
}

const undeclared = (status: number): string =>
  status === 0 || (status >= 300 && status < 400)
    ? 'the server redirects, which is not followed; take the address that it redirects to for serverUrl'
    : 'the operation does not declare this status';

function bodyOf(status: number, headers: Headers, text: string): unknown {
  if (status === 204 || status === 205 || text === '') return undefined;
  if (!headers.get('content-type')?.includes('json')) return text;
  try {
    const body: unknown = JSON.parse(text);
    return body;
  } catch {
    return text;
  }
}

/** ts-rest writes path parameters into the path as they are: `a/b` would name another thing, '' the whole list. */
function guardPathParameters(router: object, operations: object): void {
  const entries: [string, unknown][] = Object.entries(operations);
  for (const [name, operation] of entries) {
    const node: unknown = Reflect.get(router, name);
    if (typeof node !== 'object' || node === null) continue;
    if (typeof operation === 'function' && 'path' in node) {
      const path = String(node.path);
      Reflect.set(operations, name, async (input?: { readonly params?: unknown }) =>
        operation({ ...input, params: encodePathParameters(path, input?.params) }),
      );
    } else if (typeof operation === 'object' && operation !== null) {
      guardPathParameters(node, operation);
    }
  }
}
