import type { EnvironmentSettings } from '@postrider/contract';
import type { Clock } from './clock.js';
import type { Database } from './database/database.js';
import { findSettings } from './storage/environment.js';

/** How long settings are believed without asking again, in ms: what a change takes to reach all processes. */
const CACHE_MS = 1_000;
const CACHE_SIZE = 10_000;

const NOTHING: EnvironmentSettings = {};

/** What was set in environments, remembered for a second: whoever acts on a setting asks here, not the database. */
export class EnvironmentSettingsCache {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #known = new Map<string, { settings: Promise<EnvironmentSettings>; until: number }>();

  constructor(database: Database, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  /** What was set in the environment, at most a second old; nothing when it is gone. */
  of(environmentId: string): Promise<EnvironmentSettings> {
    const now = this.#clock.now().getTime();
    const known = this.#known.get(environmentId);
    if (known && known.until > now) return known.settings;
    const settings = findSettings(this.#database.kysely, environmentId).then((found) => found ?? NOTHING);
    if (this.#known.size >= CACHE_SIZE) this.#known.clear();
    this.#known.set(environmentId, { settings, until: now + CACHE_MS });
    // A failure is told to those who ask now, and not remembered.
    settings.catch(() => this.#known.delete(environmentId));
    return settings;
  }

  /** Forgets an environment: this process has just changed it. */
  drop(environmentId: string): void {
    this.#known.delete(environmentId);
  }
}
