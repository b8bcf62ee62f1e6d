import { unwrap } from '@postrider/client';
import type { Capability } from '@postrider/contract';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { usePortal } from '../../app/portal';
import { isUnauthorized, query } from '../../lib/api';
import { may } from '../access/may';
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

/** For how long an answer to "what may I do" is good enough for drawing; the server judges each call anyway. */
const MAY_STALE_MILLISECONDS = 60_000;

/** Whether the session may do a thing: `may('ManageEndpoint')`. What it may not do is not shown. */
export function useMay(): (capability: Capability) => boolean {
  const { api, session } = useOpenSession();
  const whoami = useQuery({
    ...query('whoami', api.portalSession.whoami, {}),
    staleTime: MAY_STALE_MILLISECONDS,
  });
  const granted = whoami.data?.capabilities ?? session.capabilities;
  return (capability) => may(capability, granted);
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
