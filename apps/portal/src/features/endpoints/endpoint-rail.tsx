import { Button } from '@mantine/core';
import type { EndpointOut } from '@postrider/contract';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Card } from '../../components/card';
import { Fact, Labels } from '../../components/facts';
import { Instant } from '../../components/instant';
import page from '../../components/page.module.css';
import { useMay } from '../session/queries';
import { SecretCard } from './secret-card';

/** What is known of an endpoint, beside what happens at it. */
export function EndpointRail({ endpoint }: { readonly endpoint: EndpointOut }) {
  const { t } = useTranslation();
  const may = useMay();
  const { eventTypes, channels } = endpoint;
  return (
    <div className={page.stack}>
      <Card title={t('endpoints.about')}>
        <dl>
          <Fact term={t('endpoints.listensTo')}>
            {eventTypes && eventTypes.length > 0 ? (
              <LongList names={eventTypes} />
            ) : (
              t('endpoints.allEventTypes')
            )}
          </Fact>
          {channels && channels.length > 0 ? (
            <Fact term={t('form.channels')}>
              <Labels names={channels} />
            </Fact>
          ) : null}
          <Fact term={t('endpoints.created')}>
            <Instant value={endpoint.createdAt} hasZone />
          </Fact>
          <Fact term={t('endpoints.updated')}>
            <Instant value={endpoint.updatedAt} hasZone />
          </Fact>
        </dl>
      </Card>
      {may('ViewEndpointSecret') ? <SecretCard endpointId={endpoint.id} /> : null}
    </div>
  );
}

const FIRST_FEW = 6;

function LongList({ names }: { readonly names: readonly string[] }) {
  const { t } = useTranslation();
  const [isAll, setIsAll] = useState(false);
  return (
    <>
      <Labels names={isAll ? names : names.slice(0, FIRST_FEW)} />
      {names.length > FIRST_FEW && !isAll ? (
        <Button variant="subtle" size="compact-xs" mt="0.375rem" onClick={() => setIsAll(true)}>
          {t('endpoints.more', { number: names.length - FIRST_FEW })}
        </Button>
      ) : null}
    </>
  );
}
