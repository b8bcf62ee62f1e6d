import { createContext, useContext } from 'react';
import type { LinkInbox } from '../features/login/link-inbox';
import type { Login } from '../features/login/login';
import type { KeyValueStore } from '../lib/storage';
import type { Locale } from './locale';
import type { Parameters } from './parameters';
import type { Sessions } from './session';

/** What one opened page has: built once in main.tsx. */
export interface Portal {
  readonly parameters: Parameters;
  readonly locale: Locale;
  readonly isFramed: boolean;
  readonly sessions: Sessions;
  readonly inbox: LinkInbox;
  readonly login: Login;
  /** What the reader chose; outlives the tab. */
  readonly preferences: KeyValueStore;
}

export const PortalContext = createContext<Portal | undefined>(undefined);

/** The page's portal. Throws outside of PortalContext, which is a mistake of ours. */
export function usePortal(): Portal {
  const portal = useContext(PortalContext);
  if (portal === undefined) throw new Error('usePortal needs a PortalContext around it');
  return portal;
}
