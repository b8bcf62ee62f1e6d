import { unwrap } from '@postrider/client';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { usePortal } from '../../app/portal';
import { isUnauthorized, query } from '../../lib/api';
import { useOpenSession } from './session-scope';

/** The longest time that a timer can wait for. */
const MAX_TIMER_MILLISECONDS = 2_147_483_647;

/** What the server says of the session. Asked again when the session should be over, so that its end shows in time. */
export function useWhoami() {
  const { api } = useOpenSession();
  const whoami = useQuery(query('whoami', api.portalSession.whoami, {}));
  const { refetch } = whoami;
  const expiresAt = whoami.data?.expiresAt;

  useEffect(() => {
    if (!expiresAt) return undefined;
    const milliseconds = new Date(expiresAt).getTime() - Date.now();
    if (milliseconds <= 0 || milliseconds > MAX_TIMER_MILLISECONDS) return undefined;
    const timer = setTimeout(() => void refetch(), milliseconds + 500);
    return () => clearTimeout(timer);
  }, [expiresAt, refetch]);

  return whoami;
}

/** Ends the session here and on the server. */
export function useLogOut() {
  const { sessions } = usePortal();
  const { api, session } = useOpenSession();
  return useMutation({
    mutationKey: ['logout'],
    mutationFn: async () => {
      try {
        await unwrap(api.authentication.logout());
      } catch (error) {
        // It is over already, and that is what was asked for.
        if (!isUnauthorized(error)) throw error;
      }
    },
    onSuccess: () => sessions.close(session, 'loggedOut'),
  });
}
