import { useParams } from '@tanstack/react-router';
import { HeadersCard } from '../features/endpoints/headers-card';
import { ThrottleCard } from '../features/endpoints/throttle-card';

/** What few people need to change at an endpoint. */
export function EndpointAdvanced() {
  const { endpointId } = useParams({ from: '/$appId/endpoints/$endpointId/advanced' });
  return (
    <>
      <ThrottleCard endpointId={endpointId} />
      <HeadersCard endpointId={endpointId} />
    </>
  );
}
