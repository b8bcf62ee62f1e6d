import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { toLook } from '../../app/theme/look';
import { useLook } from '../../app/theme/theme-provider';
import { query } from '../../lib/api';
import { readCssColor } from '../../lib/css-color';
import { useOpenSession } from '../session/session-scope';

/** The application that the session is of. */
export function useApplication() {
  const { api, session } = useOpenSession();
  return useQuery(query('application', api.application.get, { params: { app_id: session.appId } }));
}

/** Draws the portal as the environment's settings want it, as soon as they are known. Without them it has our own look. */
export function useEnvironmentLook(): void {
  const { api } = useOpenSession();
  const { setLook } = useLook();
  const { data } = useQuery({
    ...query('environmentSettings', api.environmentSettings.getSettings, {}),
    staleTime: Number.POSITIVE_INFINITY,
  });
  useEffect(() => {
    if (data !== undefined) setLook(toLook(data, readCssColor));
  }, [data, setLook]);
}
