import { useQuery } from '@tanstack/react-query';
import { query } from '../../lib/api';
import { useOpenSession } from '../session/session-scope';

/** The application that the session is of. */
export function useApplication() {
  const { api, session } = useOpenSession();
  return useQuery(query('application', api.application.get, { params: { app_id: session.appId } }));
}
