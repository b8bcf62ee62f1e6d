import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Card } from '../../components/card';
import { CopyButton } from '../../components/copy-button';
import { EyeIcon, EyeOffIcon } from '../../components/icons';
import page from '../../components/page.module.css';
import { ProblemNote } from '../../components/problem-note';
import { query } from '../../lib/api';
import { useMay } from '../session/queries';
import { useOpenSession } from '../session/session-scope';
import { useEndpointParams } from './queries';
import { RotateDialog } from './rotate-dialog';
import styles from './secret-card.module.css';

/** An endpoint's signing secret; asked for when `isShown`, and forgotten soon after. */
export function useSecret(endpointId: string, isShown: boolean) {
  const { api } = useOpenSession();
  const params = useEndpointParams(endpointId);
  return useQuery({
    ...query('endpointSecret', api.endpoint.getSecret, { params }),
    enabled: isShown,
    gcTime: 0,
  });
}

/** The signing secret: hidden until it is asked for, and the way to a new one. */
export function SecretCard({ endpointId }: { readonly endpointId: string }) {
  const { t } = useTranslation();
  const may = useMay();
  const [isShown, setIsShown] = useState(false);
  const [isRotating, setIsRotating] = useState(false);
  const secret = useSecret(endpointId, isShown);
  const key = isShown ? secret.data?.key : undefined;
  return (
    <Card
      title={t('secret.title')}
      aside={
        may('ManageEndpointSecret') ? (
          <Button variant="subtle" size="compact-xs" onClick={() => setIsRotating(true)}>
            {t('secret.rotate')}
          </Button>
        ) : undefined
      }
    >
      <p className={page.aside}>{t('secret.text')}</p>
      <div className={styles.secret}>
        <code className={page.mono} data-testid="secret">
          {key ?? '••••••••••••••••••••'}
        </code>
        {key === undefined ? null : (
          <CopyButton text={key} label={t('secret.copy')} doneLabel={t('portal.copied')} />
        )}
      </div>
      <Button
        variant="default"
        size="xs"
        loading={isShown && secret.isPending}
        leftSection={isShown ? <EyeOffIcon size={15} /> : <EyeIcon size={15} />}
        onClick={() => setIsShown(!isShown)}
      >
        {isShown ? t('secret.hide') : t('secret.show')}
      </Button>
      {isShown && secret.error !== null ? <ProblemNote error={secret.error} /> : null}
      {isRotating ? <RotateDialog endpointId={endpointId} onClose={() => setIsRotating(false)} /> : null}
    </Card>
  );
}
