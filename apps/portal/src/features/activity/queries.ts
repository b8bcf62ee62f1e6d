import type { StatisticsPeriod } from '@postrider/contract';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { query } from '../../lib/api';
import { useOpenSession } from '../session/session-scope';
import { stretchOf } from './periods';

const toFilter = (eventType: string | undefined) => (eventType === undefined ? undefined : [eventType]);

/** The application's attempts over time. */
export function useActivity(period: StatisticsPeriod, eventType: string | undefined) {
  const { api, session } = useOpenSession();
  const { since, until } = stretchOf(period, new Date());
  const args = {
    params: { app_id: session.appId },
    query: { startDate: since, endDate: until, period, event_types: toFilter(eventType) },
  };
  return useQuery({
    ...query('activity', api.statistics.appAttempts, args),
    placeholderData: keepPreviousData,
  });
}

/** The same time's attempts by event type. */
export function useActivityByType(period: StatisticsPeriod, eventType: string | undefined) {
  const { api, session } = useOpenSession();
  const { since, until } = stretchOf(period, new Date());
  const args = {
    params: { app_id: session.appId },
    query: { since, until, event_types: toFilter(eventType) },
  };
  return useQuery({
    ...query('activityByType', api.application.statsAttempts, args),
    placeholderData: keepPreviousData,
  });
}
