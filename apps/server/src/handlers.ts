import type { ApiKeyScope } from '@postrider/contract';
import type { ServerInferRequest, ServerInferResponses } from '@ts-rest/core';
import type { RequestContext } from './context.js';
import type { AccessOf, AppRoute } from './route-types.js';
import type { Application } from './storage/application.js';
import type { PortalSession } from './storage/portal-session.js';

/** Who calls with an environment key. */
export interface EnvironmentCaller {
  readonly kind: 'environment';
  readonly environmentId: string;
  readonly keyId: string;
  readonly scopes: readonly ApiKeyScope[];
  /** Of a message token: the one application that it may work on. */
  readonly applicationId: string | null;
  readonly applicationUid: string | null;
  readonly expiresAt: Date | null;
}

/** Who calls with a portal session's token. */
export interface SessionCaller {
  readonly kind: 'session';
  readonly environmentId: string;
  readonly session: PortalSession;
}

export type Caller = EnvironmentCaller | SessionCaller;

/** The other side of a stream. */
export interface Connection {
  /** Aborts when the reader is gone, or when the process stops. */
  readonly signal: AbortSignal;
  /**
   * Asks anew whether the caller may read this.
   *
   * @throws AppError as a new request would be answered: 401, 403 or 404
   */
  check(): Promise<void>;
}

interface CallerByAccess {
  public: undefined;
  authenticated: Caller;
  environment: EnvironmentCaller;
  application: Caller;
  session: SessionCaller;
}

/**
 * What a handler is given: the validated input, the context, who calls; where the contract's access is `application`,
 * the application that the caller may work on; and where the answer is a stream, its other side.
 */
export type HandlerRequest<R extends AppRoute> = ServerInferRequest<R> & {
  readonly ctx: RequestContext;
  readonly caller: CallerByAccess[AccessOf<R>['kind']];
  readonly application: AccessOf<R>['kind'] extends 'application' ? Application : undefined;
  readonly userAgent: string;
  readonly connection: R extends { metadata: { streams: true } } ? Connection : undefined;
};

/** Implements one operation: input is validated and access granted; errors are thrown, not answered. */
export type Handler<R extends AppRoute> = (request: HandlerRequest<R>) => Promise<ServerInferResponses<R>>;

/** Implements a part of the contract: one handler for each operation, of the same name. */
export type Handlers<C> = { readonly [K in keyof C]: C[K] extends AppRoute ? Handler<C[K]> : Handlers<C[K]> };
