import { useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Card } from '../components/card';
import { Note } from '../components/note';
import { useEndpoint } from '../features/endpoints/queries';
import { SendExample } from '../features/endpoints/send-example';
import { useMay } from '../features/session/queries';
import { NotAllowedPage } from './not-allowed';

/** Sends examples to an endpoint and shows what comes of them. */
export function EndpointTesting() {
  const { t } = useTranslation();
  const may = useMay();
  const { endpointId } = useParams({ from: '/$appId/endpoints/$endpointId/testing' });
  const { data: endpoint } = useEndpoint(endpointId);
  if (!may('CreateAttempts')) return <NotAllowedPage />;
  if (endpoint?.disabled) {
    return (
      <Note tone="warning" title={t('testing.disabledTitle')}>
        {t('testing.disabledText')}
      </Note>
    );
  }
  return (
    <Card title={t('testing.title')}>
      <SendExample endpointId={endpointId} />
    </Card>
  );
}
