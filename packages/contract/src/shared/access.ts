import { z } from 'zod';

/** What a portal session may do (spec: authentication and portal, section 1.5). */
export const Capability = z
  .enum([
    'ViewBase',
    'ViewEndpointSecret',
    'ManageEndpointSecret',
    'ManageTransformations',
    'CreateAttempts',
    'ManageEndpoint',
  ])
  .meta({ id: 'AppPortalCapability' });
export type Capability = z.infer<typeof Capability>;

/** Every capability, in the order in which answers list them. */
export const ALL_CAPABILITIES: readonly Capability[] = Capability.options;

/**
 * What an environment key may do. `environment`: everything in its environment. `message:create`: create messages,
 * nothing else. `management`: make, change and delete the environments of the server, and manage the keys of all.
 */
export const ApiKeyScope = z
  .enum(['environment', 'message:create', 'management'])
  .meta({ id: 'ApiKeyScope' });
export type ApiKeyScope = z.infer<typeof ApiKeyScope>;

/** Every scope, in the order in which answers list them. */
export const ALL_SCOPES: readonly ApiKeyScope[] = ApiKeyScope.options;

/** What a key needs one of; absent: `environment`. */
interface ByScope {
  readonly scopes?: readonly ApiKeyScope[];
}

/**
 * Who may call an operation. The server enforces it in one place, before it looks at the input.
 *
 * - `public`: no token is looked at. With `limited` the calls of one address are counted and limited.
 * - `authenticated`: any valid token; a portal session needs one of `capabilities`.
 * - `environment`: an environment key; a portal session gets 403.
 * - `application`: an environment key that owns the application named by `app_id`, or a portal session of that very
 *   application that has one of `capabilities`. Any other application is 404.
 * - `session`: a portal session only; an environment key gets 403.
 *
 * An environment key needs one of `scopes`, otherwise it gets 403. One that is bound to an application gets 404 for any
 * other.
 */
export type Access =
  | { readonly kind: 'public'; readonly limited?: true }
  | ({ readonly kind: 'authenticated'; readonly capabilities: readonly Capability[] } & ByScope)
  | ({ readonly kind: 'environment' } & ByScope)
  | ({ readonly kind: 'application'; readonly capabilities: readonly Capability[] } & ByScope)
  | { readonly kind: 'session' };

/** What every operation says of itself besides its shapes. */
export interface OperationMetadata {
  /** Heading in the API reference and class of generated clients. */
  readonly tag: string;
  readonly access: Access;
  /** Its idempotency key is committed together with its effect, not beside it. */
  readonly commitsKey?: true;
  /** Its answer is a stream of server-sent events, for as long as the caller stays and may read it. */
  readonly streams?: true;
}

/** Builds an operation's metadata: `operation('Application', { kind: 'environment' })`. */
export const operation = <A extends Access, M extends Pick<OperationMetadata, 'commitsKey' | 'streams'>>(
  tag: string,
  access: A,
  more?: M,
): { readonly tag: string; readonly access: A } & M => ({ tag, access, ...(more ?? ({} as M)) });
