import { isLinkHash, type Link, parseLink } from './link';

/** The magic link that this page was opened with, or got later. */
export interface LinkInbox {
  readonly get: () => Link;
  readonly subscribe: (listener: () => void) => () => void;
}

/**
 * Takes the link out of the address, so that neither history nor a copied address holds a code. Must run before
 * anything else reads the address.
 *
 * A second link that is opened over the login page changes nothing but the fragment and loads no page; it is taken as
 * it comes.
 */
export function openLinkInbox(window: Window): LinkInbox {
  const listeners = new Set<() => void>();
  let link: Link = { kind: 'absent' };

  const take = () => {
    const { hash, pathname, search } = window.location;
    if (/^\/login\/?$/.test(pathname)) link = parseLink(hash);
    if (isLinkHash(hash)) window.history.replaceState(window.history.state, '', pathname + search);
  };
  take();
  window.addEventListener('hashchange', () => {
    if (!isLinkHash(window.location.hash)) return;
    take();
    for (const listener of listeners) listener();
  });

  return {
    get: () => link,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
