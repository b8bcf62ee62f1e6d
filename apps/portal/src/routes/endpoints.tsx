import { Button } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { PlusIcon } from '../components/icons';
import { Loaded } from '../components/loaded';
import { Empty } from '../components/note';
import page from '../components/page.module.css';
import { PageHead } from '../components/page-head';
import { Pager } from '../components/pager';
import { EndpointTable } from '../features/endpoints/endpoint-table';
import { useEndpoints } from '../features/endpoints/queries';
import { useMay } from '../features/session/queries';
import { useOpenSession } from '../features/session/session-scope';
import styles from './endpoints.module.css';

/** Only customers with more than a page of endpoints need it, and this is the first page that anybody loads. */
const FindEndpoint = lazy(async () => {
  const { FindEndpoint: component } = await import('../features/endpoints/find-endpoint');
  return { default: component };
});

/** The endpoints of the application. */
export function EndpointsPage() {
  const { t } = useTranslation();
  const may = useMay();
  const { iterator } = useSearch({ from: '/$appId/endpoints' });
  const navigate = useNavigate({ from: '/$appId/endpoints' });
  const endpoints = useEndpoints(iterator);
  const add = may('ManageEndpoint') ? <AddEndpoint /> : undefined;
  return (
    <>
      <PageHead title={t('endpoints.title')} lead={t('endpoints.lead')} actions={add} />
      <div className={`${page.card} ${page.below}`}>
        <Loaded query={endpoints} lines={4}>
          {(list) =>
            list.data.length === 0 ? (
              <Empty title={t('endpoints.emptyTitle')} text={t('endpoints.emptyText')} action={add} />
            ) : (
              <>
                {iterator === undefined && list.done ? null : (
                  <div className={styles.find}>
                    <Suspense>
                      <FindEndpoint />
                    </Suspense>
                  </div>
                )}
                <EndpointTable endpoints={list.data} />
                <Pager
                  page={list}
                  iterator={iterator}
                  onTurn={(next) => void navigate({ search: { iterator: next } })}
                />
              </>
            )
          }
        </Loaded>
      </div>
    </>
  );
}

function AddEndpoint() {
  const { t } = useTranslation();
  const { session } = useOpenSession();
  return (
    <Button
      leftSection={<PlusIcon size={16} />}
      renderRoot={(props) => <Link to="/$appId/endpoints/new" params={{ appId: session.appId }} {...props} />}
    >
      {t('endpoints.add')}
    </Button>
  );
}
