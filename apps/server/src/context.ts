import type { Clock } from './clock.js';
import type { Config } from './config.js';
import type { Database } from './database/database.js';
import type { Logger } from './observability/logger.js';
import type { Vault } from './signing/vault.js';

/** What every part works with: built once at start, passed down; nothing is global. */
export interface Context {
  readonly config: Config;
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly vault: Vault;
}

/** The context of one request: its log lines carry the request's id. */
export interface RequestContext extends Context {
  readonly requestId: string;
  /** Address of the caller, after trusted proxies. */
  readonly address: string;
}
