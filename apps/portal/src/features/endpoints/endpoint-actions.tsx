import { ActionIcon, Button } from '@mantine/core';
import type { EndpointOut } from '@postrider/contract';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ConfirmDialog } from '../../components/confirm-dialog';
import { DotsIcon, PauseIcon, PencilIcon, TrashIcon } from '../../components/icons';
import { Menu } from '../../components/menu';
import { useChange } from '../../lib/change';
import { useMay } from '../session/queries';
import { useOpenSession } from '../session/session-scope';
import styles from './endpoint-actions.module.css';
import { useEndpointParams } from './queries';
import { ReplayMenu } from './replay-menu';

interface EndpointActionsProps {
  readonly endpoint: EndpointOut;
  readonly onEnable: () => void;
}

/** Switches an endpoint on or off. */
export function useSwitch(endpointId: string, onDone?: () => void) {
  const { api } = useOpenSession();
  const params = useEndpointParams(endpointId);
  return useChange((disabled: boolean) => api.endpoint.patch({ params, body: { disabled } }), onDone);
}

/** What can be done with an endpoint. */
export function EndpointActions({ endpoint, onEnable }: EndpointActionsProps) {
  const { t } = useTranslation();
  const may = useMay();
  const { session } = useOpenSession();
  const [open, setOpen] = useState<'disable' | 'delete'>();
  const close = () => setOpen(undefined);
  const params = { appId: session.appId, endpointId: endpoint.id };
  return (
    <div className={styles.actions}>
      {may('CreateAttempts') ? <ReplayMenu endpointId={endpoint.id} isDisabled={endpoint.disabled} /> : null}
      {may('ManageEndpoint') ? (
        <>
          <Button
            variant="default"
            leftSection={<PencilIcon size={16} />}
            renderRoot={(props) => (
              <Link to="/$appId/endpoints/$endpointId/edit" params={params} {...props} />
            )}
          >
            {t('action.edit')}
          </Button>
          <Menu>
            <Menu.Target>
              <ActionIcon variant="default" size="input-sm" aria-label={t('endpoints.menu')}>
                <DotsIcon size={18} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              {endpoint.disabled ? (
                <Menu.Item onClick={onEnable}>{t('endpoints.enable')}</Menu.Item>
              ) : (
                <Menu.Item leftSection={<PauseIcon size={16} />} onClick={() => setOpen('disable')}>
                  {t('endpoints.disable')}
                </Menu.Item>
              )}
              <Menu.Item leftSection={<TrashIcon size={16} />} onClick={() => setOpen('delete')}>
                {t('endpoints.delete')}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </>
      ) : null}
      {open === 'disable' ? <DisableDialog endpoint={endpoint} onClose={close} /> : null}
      {open === 'delete' ? <DeleteDialog endpoint={endpoint} onClose={close} /> : null}
    </div>
  );
}

interface EndpointDialogProps {
  readonly endpoint: EndpointOut;
  readonly onClose: () => void;
}

function DisableDialog({ endpoint, onClose }: EndpointDialogProps) {
  const { t } = useTranslation();
  const change = useSwitch(endpoint.id, onClose);
  return (
    <ConfirmDialog
      title={t('endpoints.disableTitle')}
      text={t('endpoints.disableText')}
      confirm={t('endpoints.disable')}
      isDangerous
      isBusy={change.isPending}
      error={change.error}
      onConfirm={() => change.mutate(true)}
      onClose={onClose}
    />
  );
}

function DeleteDialog({ endpoint, onClose }: EndpointDialogProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { api, session } = useOpenSession();
  const params = useEndpointParams(endpoint.id);
  const change = useChange(
    () => api.endpoint.delete({ params }),
    () => navigate({ to: '/$appId/endpoints', params: { appId: session.appId } }),
  );
  return (
    <ConfirmDialog
      title={t('endpoints.deleteTitle')}
      text={t('endpoints.deleteText', { url: endpoint.url })}
      confirm={t('endpoints.delete')}
      isDangerous
      isBusy={change.isPending}
      error={change.error}
      onConfirm={() => change.mutate(undefined)}
      onClose={onClose}
    />
  );
}
