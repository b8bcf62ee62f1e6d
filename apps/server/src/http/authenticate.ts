import { timingSafeEqual } from 'node:crypto';
import type { Context } from '../context.js';
import type { Caller } from '../handlers.js';
import { type ApiKey, findApiKey, noteApiKeyUse } from '../storage/api-key.js';
import { findPortalSession } from '../storage/portal-session.js';
import { hashToken, PORTAL_TOKEN_PREFIX } from '../tokens.js';

/** How long a key that was found is believed without asking again, in ms: what revoking one takes to reach all. */
const KEY_CACHE_MS = 1_000;
const KEY_CACHE_SIZE = 10_000;
/** How old the note of a key's last use becomes before it is written anew, in ms. */
const USE_NOTE_MS = 60_000;

/** The token of an `Authorization: Bearer` header; undefined when there is none. */
export const bearerToken = (header: string | undefined): string | undefined =>
  header === undefined ? undefined : /^bearer +([^\s]{1,4096})$/i.exec(header)?.[1];

/** Finds out whose token it is. */
export type Authenticate = (token: string) => Promise<Caller | undefined>;

/**
 * Makes the look-up of tokens. Portal sessions are looked up at every request, so that ending one takes effect at
 * once; environment keys are remembered for a second.
 */
export function createAuthenticate({ database, clock, log }: Context): Authenticate {
  const keys = new Map<string, { key: ApiKey; until: number }>();

  /** Beside the call, which waits for nothing: when it fails the next use tries again. */
  const noteUse = (key: ApiKey, now: Date): void => {
    const before = new Date(now.getTime() - USE_NOTE_MS);
    if (key.lastUsedAt && key.lastUsedAt > before) return;
    noteApiKeyUse(database.kysely, key.id, now, before).catch((error: unknown) => {
      log.warn({ err: error }, 'could not note the use of a key');
    });
  };

  const findKey = async (hash: Buffer): Promise<ApiKey | undefined> => {
    const now = clock.now();
    const name = hash.toString('base64');
    const known = keys.get(name);
    if (known && known.until > now.getTime()) return known.key;
    const found = await findApiKey(database.kysely, hash, now);
    if (!found || !timingSafeEqual(found.tokenHash, hash)) {
      keys.delete(name);
      return undefined;
    }
    if (keys.size >= KEY_CACHE_SIZE) keys.clear();
    const end = found.expiresAt?.getTime() ?? Number.POSITIVE_INFINITY;
    keys.set(name, { key: found, until: Math.min(now.getTime() + KEY_CACHE_MS, end) });
    noteUse(found, now);
    return found;
  };

  return async (token) => {
    const hash = hashToken(token);
    if (token.startsWith(PORTAL_TOKEN_PREFIX)) {
      const session = await findPortalSession(database.kysely, hash, clock.now());
      if (!session || !timingSafeEqual(session.tokenHash, hash)) return undefined;
      return { kind: 'session', environmentId: session.environmentId, session };
    }
    const key = await findKey(hash);
    return (
      key && {
        kind: 'environment',
        environmentId: key.environmentId,
        keyId: key.id,
        scopes: key.scopes,
        applicationId: key.applicationId,
        applicationUid: key.applicationUid,
        expiresAt: key.expiresAt,
      }
    );
  };
}
