import type { Context } from '../context.js';
import type { HeaderPair } from '../outbound/target.js';
import { parseSecret, type SigningSecret } from '../signing/secret.js';
import type { Vault } from '../signing/vault.js';
import {
  type ApplicationSnapshot,
  type EndpointSnapshot,
  loadSnapshot,
  loadSnapshotById,
} from '../storage/application-snapshot.js';
import type { EndpointFilter } from './match.js';

/** What is sealed of an endpoint, ready to use. */
export interface Credentials {
  readonly headers: readonly HeaderPair[];
  /** Current secret first; `until` is null for it. */
  readonly secrets: readonly { readonly secret: SigningSecret; readonly until: Date | null }[];
}

/** What a delivery needs to know of its endpoint. */
export interface KnownEndpoint extends EndpointFilter {
  readonly id: string;
  readonly applicationId: string;
  readonly applicationUid: string | null;
  readonly environmentId: string;
  readonly url: string;
  readonly throttled: boolean;
  /**
   * Opened when first asked for: an application may have thousands of endpoints, and one secret that cannot be read
   * concerns its endpoint alone.
   * @throws {VaultError} it is damaged, or sealed with a key that this process does not have
   */
  readonly credentials: () => Credentials;
}

/** An application with its endpoints, as of one revision. */
export interface KnownApplication {
  readonly id: string;
  readonly environmentId: string;
  readonly uid: string | null;
  readonly revision: number;
  readonly throttled: boolean;
  readonly endpoints: readonly KnownEndpoint[];
  readonly endpointById: ReadonlyMap<string, KnownEndpoint>;
}

/** How many applications are remembered; the one that was not used for longest goes. */
const CAPACITY = 10_000;

/** Context under which an endpoint's secrets are sealed. */
export const secretContext = (endpointId: string): string => `endpoint secret ${endpointId}`;
/** Context under which an endpoint's custom headers are sealed. */
export const headersContext = (endpointId: string): string => `endpoint headers ${endpointId}`;

/**
 * Applications with their endpoints in memory. An entry is never trusted by its age: who uses it says its revision to
 * the database in the statement that depends on it, and drops it when that has gone on.
 */
export class ApplicationCache {
  readonly #ctx: Context;
  readonly #byId = new Map<string, KnownApplication>();
  readonly #idByName = new Map<string, string>();

  constructor(ctx: Context) {
    this.#ctx = ctx;
  }

  /** By id or uid within an environment; undefined when there is none. */
  async find(environmentId: string, idOrUid: string): Promise<KnownApplication | undefined> {
    const name = `${environmentId} ${idOrUid}`;
    const id = this.#idByName.get(name);
    const known = id === undefined ? undefined : this.#byId.get(id);
    // What was called so once may have another uid by now, and the name be another's.
    if (known && (known.id === idOrUid || known.uid === idOrUid)) return this.#touch(known);
    const loaded = await loadSnapshot(this.#ctx.database.kysely, environmentId, idOrUid);
    if (!loaded) return undefined;
    const application = this.#keep(loaded);
    this.#idByName.set(name, application.id);
    return application;
  }

  /** By id, at least as new as `revision`; undefined when it was deleted. */
  async get(id: string, revision: number): Promise<KnownApplication | undefined> {
    const known = this.#byId.get(id);
    if (known && known.revision >= revision) return this.#touch(known);
    const loaded = await loadSnapshotById(this.#ctx.database.kysely, id);
    return loaded && this.#keep(loaded);
  }

  /** Forgets an application: its revision has gone on. */
  drop(id: string): void {
    this.#byId.delete(id);
  }

  #touch(application: KnownApplication): KnownApplication {
    this.#byId.delete(application.id);
    this.#byId.set(application.id, application);
    return application;
  }

  #keep(snapshot: ApplicationSnapshot): KnownApplication {
    const throttled = snapshot.throttleRate !== null;
    const endpoints = snapshot.endpoints.map((one) => this.#prepare(one, snapshot));
    const application: KnownApplication = {
      id: snapshot.id,
      environmentId: snapshot.environmentId,
      uid: snapshot.uid,
      revision: snapshot.revision,
      throttled,
      endpoints,
      endpointById: new Map(endpoints.map((endpoint) => [endpoint.id, endpoint])),
    };
    this.#touch(application);
    if (this.#byId.size > CAPACITY) {
      const oldest = this.#byId.keys().next();
      if (!oldest.done) this.#byId.delete(oldest.value);
    }
    // Names are few bytes, but callers choose them: they are not kept for ever.
    if (this.#idByName.size > 4 * CAPACITY) this.#idByName.clear();
    return application;
  }

  #prepare(row: EndpointSnapshot, application: ApplicationSnapshot): KnownEndpoint {
    const { vault } = this.#ctx;
    let opened: Credentials | undefined;
    return {
      id: row.id,
      applicationId: application.id,
      applicationUid: application.uid,
      environmentId: application.environmentId,
      url: row.url,
      disabled: row.disabled,
      eventTypes: row.eventTypes,
      channels: row.channels,
      throttled: application.throttleRate !== null || row.throttleRate !== null,
      credentials: () => {
        opened ??= openCredentials(vault, row);
        return opened;
      },
    };
  }
}

function openCredentials(vault: Vault, row: EndpointSnapshot): Credentials {
  const headers =
    row.headers === null
      ? {}
      : (JSON.parse(vault.open(row.headers, headersContext(row.id)).toString()) as Record<string, string>);
  return {
    headers: Object.entries(headers),
    secrets: row.secrets.map(({ secret, until }) => ({
      secret: parseSecret(vault.open(secret, secretContext(row.id)).toString()),
      until,
    })),
  };
}
