import type { Request } from 'express';
import type { Actor, Context, RequestContext } from '../context.js';
import type { Dispatch } from '../dispatch/dispatcher.js';
import type { Caller } from '../handlers.js';
import type { Logger } from '../observability/logger.js';
import type { Readiness } from '../readiness.js';
import type { Application } from '../storage/application.js';
import type { IdempotentRequest } from './idempotency.js';

/** Parts of the process that requests speak to. */
export interface Parts {
  readonly dispatch: Dispatch;
  readonly readiness: Readiness;
}

/** What the middlewares learn of one request, in their order. */
export class RequestScope implements RequestContext {
  readonly requestId: string;
  readonly address: string;
  readonly dispatch: Dispatch;
  readonly readiness: Readiness;
  readonly #context: Context;
  #log: Logger | undefined;

  caller: Caller | undefined;
  application: Application | undefined;
  /** The bearer token as sent; never logged. */
  token: string | undefined;
  rawBody = '';
  traceParent: string | undefined;
  callId: string | null = null;
  /** The call that may be repeated, where the answer is kept apart from the effect. */
  call: IdempotentRequest | undefined;

  constructor(context: Context, parts: Parts, requestId: string, address: string) {
    this.#context = context;
    this.dispatch = parts.dispatch;
    this.readiness = parts.readiness;
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
  get metrics() {
    return this.#context.metrics;
  }
  get tracing() {
    return this.#context.tracing;
  }
  get vault() {
    return this.#context.vault;
  }
  get settings() {
    return this.#context.settings;
  }
  get actor(): Actor {
    const { caller } = this;
    if (!caller) return { kind: 'system', id: null };
    return caller.kind === 'environment'
      ? { kind: 'key', id: caller.keyId }
      : { kind: 'session', id: caller.session.id };
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
