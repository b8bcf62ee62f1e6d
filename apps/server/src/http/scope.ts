import type { Request } from 'express';
import type { Context, RequestContext } from '../context.js';
import type { Caller } from '../handlers.js';
import type { Logger } from '../observability/logger.js';
import type { Application } from '../storage/application.js';

/** What the middlewares learn of one request, in their order. */
export class RequestScope implements RequestContext {
  readonly requestId: string;
  readonly address: string;
  readonly #context: Context;
  #log: Logger | undefined;

  caller: Caller | undefined;
  application: Application | undefined;
  /** The bearer token as sent; never logged. */
  token: string | undefined;
  /** The request's body as it came, for operations that keep it byte by byte. */
  rawBody = '';

  constructor(context: Context, requestId: string, address: string) {
    this.#context = context;
    this.requestId = requestId;
    this.address = address;
  }

  get config() {
    return this.#context.config;
  }
  get database() {
    return this.#context.database;
  }
  get clock() {
    return this.#context.clock;
  }
  get vault() {
    return this.#context.vault;
  }
  /** Made when something is said: most requests say nothing. */
  get log() {
    this.#log ??= this.#context.log.child({ requestId: this.requestId });
    return this.#log;
  }
}

const scopes = new WeakMap<object, RequestScope>();

/** Ties a scope to its request. */
export const setScope = (request: object, scope: RequestScope): void => {
  scopes.set(request, scope);
};

/** The scope of a request; every request has one from the first middleware on. */
export function scopeOf(request: Request | object): RequestScope {
  const scope = scopes.get(request);
  if (!scope) throw new Error('the request has no scope: the first middleware did not run');
  return scope;
}
