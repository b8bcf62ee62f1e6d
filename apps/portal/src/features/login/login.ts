import type { Capability } from '@postrider/contract';
import type { Session, Sessions } from '../../app/session';
import type { Link } from './link';

/** A link that something can be done with. */
export type UsableLink = Extract<Link, { kind: 'code' | 'token' }>;

/** `refused`: the server does not know the code or token any more. `problem`: no answer that says so. */
export type LoginResult =
  | { readonly kind: 'open'; readonly appId: string }
  | { readonly kind: 'refused' }
  | { readonly kind: 'problem' };

/** The two calls that a login needs. They reject as the client does. */
export interface LoginApi {
  exchange(code: string): Promise<{ token: string; capabilities: readonly Capability[] }>;
  capabilitiesOf(token: string): Promise<readonly Capability[]>;
  /** True for an answer that means: this code or token is not good, and will never be. */
  isRefusal(error: unknown): boolean;
}

export interface Login {
  enter(link: UsableLink): Promise<LoginResult>;
}

/**
 * Opens sessions from links, each link once for the life of the page however often it is asked: React's StrictMode runs
 * effects twice, and a code is good for one exchange.
 *
 * A link that this tab has opened before, as when the page around a frame is reloaded, goes on with the session that
 * the tab still holds.
 *
 * @param loadApi gets the calls when they are needed: their code is large, and most of what a page may show without it
 *   should not wait for it
 */
export function createLogin(sessions: Sessions, loadApi: () => Promise<LoginApi>): Login {
  const entered = new Map<string, Promise<LoginResult>>();

  const sessionFor = async (link: UsableLink, api: LoginApi): Promise<Session> => {
    if (link.kind === 'token') {
      const { appId, token } = link;
      return { appId, token, capabilities: await api.capabilitiesOf(token) };
    }
    const { appId, code } = link;
    const state = sessions.get(appId);
    if (state.kind === 'open' && state.session.code === code) return state.session;
    const { token, capabilities } = await api.exchange(code);
    return { appId, token, capabilities, code };
  };

  const open = async (link: UsableLink, secret: string): Promise<LoginResult> => {
    try {
      const api = await loadApi();
      const session = await sessionFor(link, api).catch((error: unknown) => {
        if (api.isRefusal(error)) return undefined;
        throw error;
      });
      if (session === undefined) return { kind: 'refused' };
      sessions.open(session);
      return { kind: 'open', appId: link.appId };
    } catch {
      // The code may well be good: the next try must ask again.
      entered.delete(secret);
      return { kind: 'problem' };
    }
  };

  return {
    enter(link) {
      const secret = link.kind === 'code' ? link.code : link.token;
      const known = entered.get(secret) ?? open(link, secret);
      entered.set(secret, known);
      return known;
    },
  };
}
