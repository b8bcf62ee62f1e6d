import { timingSafeEqual } from 'node:crypto';
import type { Context } from '../context.js';
import type { Caller } from '../handlers.js';
import { type ApiKey, findApiKey } from '../storage/api-key.js';
import { findPortalSession } from '../storage/portal-session.js';
import { hashToken, PORTAL_TOKEN_PREFIX } from '../tokens.js';

/** How long a key that was found is believed without asking again, in ms: what revoking one takes to reach all. */
const KEY_CACHE_MS = 1_000;
const KEY_CACHE_SIZE = 10_000;

/** The token of an `Authorization: Bearer` header; undefined when there is none. */
export const bearerToken = (header: string | undefined): string | undefined =>
  header === undefined ? undefined : /^bearer +([^\s]{1,4096})$/i.exec(header)?.[1];

/** Finds out whose token it is. */
export type Authenticate = (token: string) => Promise<Caller | undefined>;

/**
 * Makes the look-up of tokens. Portal sessions are looked up at every request, so that ending one takes effect at
 * once; environment keys are remembered for a second.
 */
export function createAuthenticate({ database, clock }: Context): Authenticate {
  const keys = new Map<string, { key: ApiKey; until: number }>();

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
    keys.set(name, { key: found, until: now.getTime() + KEY_CACHE_MS });
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
    return key && { kind: 'environment', environmentId: key.environmentId, keyId: key.id };
  };
}
