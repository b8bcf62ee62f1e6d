import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { SearchIcon } from '../../components/icons';
import { useOpenSession } from '../session/session-scope';
import { EndpointPicker } from './endpoint-picker';

/** Opens an endpoint that stands on another page of the list. */
export function FindEndpoint() {
  const { t } = useTranslation();
  const { session } = useOpenSession();
  const navigate = useNavigate();
  return (
    <EndpointPicker
      label={t('choice.find')}
      isLabelHidden
      icon={<SearchIcon size={16} />}
      value={undefined}
      onChange={(endpoint) => {
        if (endpoint === undefined) return;
        const params = { appId: session.appId, endpointId: endpoint.id };
        void navigate({ to: '/$appId/endpoints/$endpointId', params });
      }}
    />
  );
}
