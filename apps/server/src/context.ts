import type { AuditActorKind } from '@postrider/contract';
import type { Clock } from './clock.js';
import type { Config } from './config.js';
import type { Database } from './database/database.js';
import type { Dispatch } from './dispatch/dispatcher.js';
import type { EnvironmentSettingsCache } from './environment-settings.js';
import type { Logger } from './observability/logger.js';
import type { Metrics } from './observability/metrics.js';
import type { Tracing } from './observability/tracing.js';
import type { Readiness } from './readiness.js';
import type { Vault } from './signing/vault.js';

/** What every part works with: built once at start, passed down; nothing is global. */
export interface Context {
  readonly config: Config;
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly vault: Vault;
  /** Undefined while tracing is off. */
  readonly tracing?: Tracing | undefined;
  readonly settings: EnvironmentSettingsCache;
}

/** Who makes a change, as the audit log names them. */
export interface Actor {
  readonly kind: AuditActorKind;
  /** Of the key or portal session. */
  readonly id: string | null;
}

/** The context of one request: its log lines carry the request's id. */
export interface RequestContext extends Context {
  readonly requestId: string;
  /** Address of the caller, after trusted proxies. */
  readonly address: string;
  readonly dispatch: Dispatch;
  readonly readiness: Readiness;
  readonly actor: Actor;
  /** The caller's span, as it says; undefined while tracing is off. */
  readonly traceParent: string | undefined;
  /** The request's body as it came, for operations that keep it byte by byte; '' where none was read. */
  readonly rawBody: string;
  /**
   * What a repeated call has in common with the first (token, path, query and idempotency key), as a UUID; null without
   * a key. For operations that commit their key with their effect.
   */
  readonly callId: string | null;
}
