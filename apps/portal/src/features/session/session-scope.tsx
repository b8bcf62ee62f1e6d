import type { Client } from '@postrider/client';
import { QueryClientProvider } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useMemo } from 'react';
import { usePortal } from '../../app/portal';
import type { Session } from '../../app/session';
import { createQueryClient, openApi } from '../../lib/api';

interface OpenSession {
  readonly session: Session;
  readonly api: Client;
}

const OpenSessionContext = createContext<OpenSession | undefined>(undefined);

/** The session that the page is in and the API as seen by it. Throws outside of SessionScope. */
export function useOpenSession(): OpenSession {
  const value = useContext(OpenSessionContext);
  if (value === undefined) throw new Error('useOpenSession needs a SessionScope around it');
  return value;
}

interface SessionScopeProps {
  readonly session: Session;
  readonly children: ReactNode;
}

/** Everything within speaks for this session. Any 401 ends it, wherever it comes up. */
export function SessionScope({ session, children }: SessionScopeProps) {
  const { sessions } = usePortal();
  const queryClient = useMemo(
    () => createQueryClient(() => sessions.close(session, 'ended')),
    [sessions, session],
  );
  const value = useMemo(() => ({ session, api: openApi(session.token) }), [session]);
  return (
    <OpenSessionContext value={value}>
      <QueryClientProvider client={queryClient}>{children}</QueryClientProvider>
    </OpenSessionContext>
  );
}
