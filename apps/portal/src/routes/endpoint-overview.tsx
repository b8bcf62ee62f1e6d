import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { AttemptsCard } from '../features/attempts/attempts-card';
import { StatsCard } from '../features/endpoints/stats-card';

/** What happened at an endpoint lately. */
export function EndpointOverview() {
  const { endpointId } = useParams({ from: '/$appId/endpoints/$endpointId/' });
  const filters = useSearch({ from: '/$appId/endpoints/$endpointId/' });
  const navigate = useNavigate({ from: '/$appId/endpoints/$endpointId/' });
  return (
    <>
      <StatsCard endpointId={endpointId} />
      <AttemptsCard
        endpointId={endpointId}
        filters={filters}
        onChange={(search) => void navigate({ search, resetScroll: false })}
      />
    </>
  );
}
