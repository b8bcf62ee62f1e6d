import type { Capability } from '@postrider/contract';
import type { KeyValueStore } from '../lib/storage';

/** A customer's login to one application. `code` is the spent one-time code that it was opened with, if any. */
export interface Session {
  readonly appId: string;
  readonly token: string;
  readonly capabilities: readonly Capability[];
  readonly code?: string | undefined;
}

/** Why there is no session any more. */
export type Ending = 'ended' | 'loggedOut';

export type SessionState =
  | { readonly kind: 'absent' }
  | { readonly kind: 'open'; readonly session: Session }
  | { readonly kind: Ending };

/** The sessions of this tab, one an application. */
export interface Sessions {
  /** The same value as long as nothing changed, as React's useSyncExternalStore needs it. */
  readonly get: (appId: string) => SessionState;
  readonly open: (session: Session) => void;
  /** Forgets the session, unless a newer one has taken its place meanwhile. */
  readonly close: (session: Session, ending: Ending) => void;
  readonly subscribe: (listener: () => void) => () => void;
}

const ABSENT: SessionState = { kind: 'absent' };
const key = (appId: string) => `postrider.session.${appId}`;

/** What storage holds, checked: it may be of another version, or not ours. */
function parseState(appId: string, stored: unknown): SessionState {
  if (typeof stored !== 'object' || stored === null || !('kind' in stored)) return ABSENT;
  if (stored.kind === 'ended' || stored.kind === 'loggedOut') return { kind: stored.kind };
  if (stored.kind !== 'open' || !('session' in stored)) return ABSENT;
  const { session } = stored as { session: Partial<Session> | null };
  if (session?.appId !== appId || typeof session.token !== 'string') return ABSENT;
  const capabilities = Array.isArray(session.capabilities) ? session.capabilities : [];
  return {
    kind: 'open',
    session: {
      appId,
      token: session.token,
      // A name that we do not know gives nothing; no need to sort it out here.
      capabilities: capabilities.filter((one): one is Capability => typeof one === 'string'),
      code: typeof session.code === 'string' ? session.code : undefined,
    },
  };
}

/** Sessions over a store that outlives a reload where the browser allows it. */
export function createSessions(store: KeyValueStore): Sessions {
  const states = new Map<string, SessionState>();
  const listeners = new Set<() => void>();

  const set = (appId: string, state: SessionState) => {
    states.set(appId, state);
    store.write(key(appId), state);
    for (const listener of listeners) listener();
  };
  const get = (appId: string): SessionState => {
    const known = states.get(appId);
    if (known !== undefined) return known;
    const state = parseState(appId, store.read(key(appId)));
    states.set(appId, state);
    return state;
  };

  return {
    get,
    open: (session) => set(session.appId, { kind: 'open', session }),
    close(session, ending) {
      const current = get(session.appId);
      if (current.kind === 'open' && current.session.token === session.token) {
        set(session.appId, { kind: ending });
      }
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
