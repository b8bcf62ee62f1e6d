import { type Contract, contract, type LiveEvent, type OperationMetadata } from '@postrider/contract';
import { createExpressEndpoints, type RequestValidationError, type TsRestRequest } from '@ts-rest/express';
import type { Express, NextFunction, Request, Response } from 'express';
import type { Context } from '../context.js';
import type { Dispatch } from '../dispatch/dispatcher.js';
import { authenticationFailed, InvalidInputError, notFound, tooManyRequests } from '../errors.js';
import type { Caller, Connection, Handlers } from '../handlers.js';
import { events } from '../observability/events.js';
import type { Readiness } from '../readiness.js';
import { type Authenticate, bearerToken } from './authenticate.js';
import { authorize } from './authorize.js';
import { createBodyReader } from './body.js';
import {
  type Answer,
  findAnswer,
  type IdempotentRequest,
  identifyRequest,
  runOnce,
  toUuid,
} from './idempotency.js';
import { withoutLastSlash } from './path.js';
import { type Limiter, type Limiters, RATE_LIMIT_HEADERS, rateLimitValues } from './rate-limit.js';
import { type RequestScope, scopeOf } from './scope.js';
import type { Streams } from './streams.js';
import { type Issue, toProblem } from './validation-error.js';

/** What requests go through before and after their handler. */
export interface Gate {
  readonly context: Context;
  readonly dispatch: Dispatch;
  readonly readiness: Readiness;
  readonly authenticate: Authenticate;
  readonly limiters: Limiters;
  readonly streams: Streams;
  /** Checks answers against the contract: in tests, since it costs. */
  readonly validateResponses: boolean;
}

type AnyRoute = { readonly metadata: unknown; readonly body?: unknown; readonly method: string };

const metadataOf = (route: AnyRoute) => route.metadata as OperationMetadata;

/** The call that this request may repeat: a POST with a token and a key. */
function idempotentRequest(request: Request): IdempotentRequest | undefined {
  const key = request.headers['idempotency-key'];
  const { token } = scopeOf(request);
  if (request.method !== 'POST' || typeof key !== 'string' || key === '' || !token) return undefined;
  return identifyRequest(token, key, withoutLastSlash(request.url));
}

const send = (response: Response, { status, body }: Answer): void => {
  if (status === 204 || body === undefined) response.status(status).end();
  else response.status(status).json(body);
};

/** Counts a request of a token, and tells in headers how many are left. @throws AppError 429 */
async function countRequest(limiter: Limiter, token: string, response: Response): Promise<void> {
  const standing = await limiter.take(token);
  const values = rateLimitValues(standing);
  for (const [index, name] of RATE_LIMIT_HEADERS.entries()) response.setHeader(name, values[index] ?? '');
  if (standing.isOver) throw tooManyRequests(standing.resetSeconds);
}

/** Finds out who calls; a failure counts against the address. */
async function identifyCaller(gate: Gate, request: Request, response: Response): Promise<void> {
  const scope = scopeOf(request);
  scope.caller = scope.token === undefined ? undefined : await gate.authenticate(scope.token);
  if (scope.caller) {
    if (gate.limiters.requests) await countRequest(gate.limiters.requests, scope.token ?? '', response);
    return;
  }
  try {
    await gate.limiters.failedAuthentications.count(scope.address);
  } catch (error) {
    events.authenticationRefused(scope, { address: scope.address, limited: true });
    throw error;
  }
  throw authenticationFailed();
}

/**
 * Before validation: a repeated call gets its first answer (even when its token is dead by now), then who calls and may
 * they, then the body is read. So 401 and 403 go before 404 and 422.
 */
function createEntrance(gate: Gate) {
  const readBody = createBodyReader(gate.context.config.limits.requestBodyBytes);
  return async (request: Request, response: Response, route: AnyRoute): Promise<'handled' | 'go on'> => {
    const scope = scopeOf(request);
    scope.token = bearerToken(request.headers.authorization);
    const { access, commitsKey } = metadataOf(route);
    const call = idempotentRequest(request);
    if (call && commitsKey) {
      scope.callId = toUuid(call.id);
    } else if (call) {
      scope.call = call;
      const answer = await findAnswer(scope, call);
      if (answer) {
        send(response, answer);
        return 'handled';
      }
    }
    if (access.kind === 'public') {
      if (access.limited) await gate.limiters.publicCalls.count(scope.address);
    } else {
      await identifyCaller(gate, request, response);
      // The database has no text with a zero: nothing is called so.
      if (Object.values(request.params).some((name) => name?.includes('\0'))) throw notFound();
      const idOrUid = request.params['app_id'];
      scope.application = await authorize(
        scope,
        access,
        scope.caller,
        typeof idOrUid === 'string' ? idOrUid : undefined,
      );
      // By its id: a uid may have become another's since the token was looked up.
      const bound = scope.caller?.kind === 'environment' ? scope.caller.applicationId : null;
      if (bound !== null && idOrUid !== undefined) request.params['app_id'] = bound;
    }
    if (takesBody(route)) await readBody(request, response);
    return 'go on';
  };
}

/** Whether the contract gives the operation a body; without one the body is never read. */
const takesBody = (route: AnyRoute): boolean =>
  typeof route.body === 'object' && route.body !== null && 'parse' in route.body;

type Args = {
  params: unknown;
  query: unknown;
  headers: Record<string, unknown>;
  body: unknown;
  req: Request;
  res: Response;
};
type AnyHandler = (request: never) => Promise<Answer>;

/** The other side of a stream, and how to begin it with what the handler answers. */
function openStream(gate: Gate, route: AnyRoute, request: Request, response: Response) {
  const scope = scopeOf(request);
  const ended = gate.streams.connect(response);
  const connection: Connection = {
    signal: ended.signal,
    check: () => checkAgain(gate, scope, metadataOf(route)),
  };
  const begin = (answer: Answer): Answer => {
    const events = answer.body as AsyncIterable<LiveEvent>;
    return { ...answer, body: gate.streams.begin(response, ended, scope.caller as Caller, events) };
  };
  return { connection, begin };
}

/** The application by its id: a uid may have become another's since the stream began. */
async function checkAgain(gate: Gate, scope: RequestScope, { access }: OperationMetadata): Promise<void> {
  const caller = await gate.authenticate(scope.token ?? '');
  await authorize(scope, access, caller, scope.application?.id);
}

/** Our handlers in the shape that ts-rest wants. The one cast between the two stands here. */
function toTsRest(handlers: unknown, gate: Gate): never {
  const wrap = (node: unknown): unknown => {
    if (typeof node !== 'function') {
      return Object.fromEntries(Object.entries(node as object).map(([key, child]) => [key, wrap(child)]));
    }
    return async ({ params, query, headers, body, req, res }: Args): Promise<Answer> => {
      const scope = scopeOf(req);
      const route = (req as unknown as { tsRestRoute: AnyRoute }).tsRestRoute;
      const stream = metadataOf(route).streams ? openStream(gate, route, req, res) : undefined;
      const run = () =>
        (node as AnyHandler)({
          params,
          query,
          headers,
          body,
          ctx: scope,
          caller: scope.caller,
          application: scope.application,
          userAgent: req.headers['user-agent'] ?? '',
          connection: stream?.connection,
        } as never);
      if (stream) return stream.begin(await run());
      return scope.call ? runOnce(scope, scope.call, run) : run();
    };
  };
  return wrap(handlers) as never;
}

function toInvalidInput(error: RequestValidationError, request: Request): InvalidInputError {
  const parts = [
    ['path', request.params, error.pathParams],
    ['query', request.query, error.query],
    ['header', request.headers, error.headers],
    ['body', request.body, error.body],
  ] as const;
  return new InvalidInputError(
    parts.flatMap(([place, root, found]) =>
      ((found?.issues ?? []) as readonly Issue[]).map((issue) => toProblem(place, root, issue)),
    ),
  );
}

/** Serves every operation of the contract on the app. */
export function serveContract(app: Express, handlers: Handlers<Contract>, gate: Gate): void {
  const enter = createEntrance(gate);
  createExpressEndpoints(contract, toTsRest(handlers, gate), app, {
    logInitialization: false,
    responseValidation: gate.validateResponses,
    globalMiddleware: [
      (request: TsRestRequest<never>, response: Response, next: NextFunction) => {
        const route = (request as unknown as { tsRestRoute: AnyRoute }).tsRestRoute;
        enter(request as unknown as Request, response, route).then((outcome) => {
          if (outcome === 'go on') next();
        }, next);
      },
    ] as never,
    requestValidationErrorHandler: (error, request, _response, next) => {
      next(toInvalidInput(error, request as unknown as Request));
    },
  });
}
