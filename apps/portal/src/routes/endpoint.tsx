import type { EndpointOut } from '@postrider/contract';
import { Link, Outlet, useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Screen } from '../app/screen';
import { Address } from '../components/address';
import { Breadcrumb } from '../components/breadcrumb';
import { CopyButton } from '../components/copy-button';
import page from '../components/page.module.css';
import { PageHead } from '../components/page-head';
import { PageProblem } from '../components/page-problem';
import { PageSkeleton } from '../components/page-skeleton';
import { ProblemNote } from '../components/problem-note';
import tabs from '../components/tab-links.module.css';
import { EndpointActions, useSwitch } from '../features/endpoints/endpoint-actions';
import { EndpointRail } from '../features/endpoints/endpoint-rail';
import { EndpointState } from '../features/endpoints/endpoint-table';
import { HealthBanner } from '../features/endpoints/health-banner';
import { useEndpoint, useLatestAttempts } from '../features/endpoints/queries';
import { useMay } from '../features/session/queries';
import { useOpenSession } from '../features/session/session-scope';
import { hasStatus } from '../lib/api';

/** Around all that there is about one endpoint. */
export function EndpointPage() {
  const { t } = useTranslation();
  const { endpointId } = useParams({ from: '/$appId/endpoints/$endpointId' });
  const endpoint = useEndpoint(endpointId);
  // The banner stands above everything: what it says is waited for, so that nothing moves when it comes.
  const latest = useLatestAttempts(endpointId);
  if (hasStatus(endpoint.error, 404)) return <Screen kind="endpointMissing" action={<ToEndpoints />} />;
  // Once only: when it failed the banner asks again, and taking the page away meanwhile would go on for ever.
  const isFirstWait = latest.isPending && latest.errorUpdateCount === 0;
  if (endpoint.isPending || (endpoint.isSuccess && isFirstWait)) {
    return <PageSkeleton heading={<PageHead title={t('endpoints.loading')} />} />;
  }
  if (endpoint.data !== undefined) return <Endpoint key={endpoint.data.id} endpoint={endpoint.data} />;
  return (
    <PageProblem
      title={t('endpoints.loading')}
      back={
        <Breadcrumb here={t('endpoints.shortId', { id: endpointId.slice(-6) })}>
          <ToEndpoints />
        </Breadcrumb>
      }
      error={endpoint.error}
      retry={() => void endpoint.refetch()}
    />
  );
}

function ToEndpoints() {
  const { t } = useTranslation();
  const { session } = useOpenSession();
  return (
    <Link to="/$appId/endpoints" params={{ appId: session.appId }} className={page.link}>
      {t('endpoints.title')}
    </Link>
  );
}

function Endpoint({ endpoint }: { readonly endpoint: EndpointOut }) {
  const { t } = useTranslation();
  const enable = useSwitch(endpoint.id);
  const onEnable = () => enable.mutate(false);
  return (
    <>
      <PageHead
        above={
          <Breadcrumb
            here={
              <>
                {t('endpoints.shortId', { id: endpoint.id.slice(-6) })}
                <CopyButton text={endpoint.id} label={t('endpoints.copyId')} doneLabel={t('portal.copied')} />
              </>
            }
          >
            <ToEndpoints />
          </Breadcrumb>
        }
        title={<Address url={endpoint.url} />}
        documentTitle={endpoint.url}
        lead={endpoint.description === '' ? undefined : endpoint.description}
        actions={
          <>
            <EndpointState endpoint={endpoint} />
            <EndpointActions endpoint={endpoint} onEnable={onEnable} />
          </>
        }
      />
      <HealthBanner endpoint={endpoint} onEnable={onEnable} isEnabling={enable.isPending} />
      {enable.error === null ? null : (
        <div className={page.below}>
          <ProblemNote error={enable.error} />
        </div>
      )}
      <EndpointTabs endpointId={endpoint.id} />
      <div className={page.columns}>
        <div className={page.stack}>
          <Outlet />
        </div>
        <EndpointRail endpoint={endpoint} />
      </div>
    </>
  );
}

function EndpointTabs({ endpointId }: { readonly endpointId: string }) {
  const { t } = useTranslation();
  const may = useMay();
  const { session } = useOpenSession();
  const params = { appId: session.appId, endpointId };
  const link = { params, className: tabs.tab, activeProps: { 'aria-current': 'page' } } as const;
  return (
    <nav className={`${tabs.tabs} ${page.below}`} aria-label={t('endpoints.tabs')}>
      <Link
        to="/$appId/endpoints/$endpointId"
        activeOptions={{ exact: true, includeSearch: false }}
        {...link}
      >
        {t('endpoints.overview')}
      </Link>
      {may('CreateAttempts') ? (
        <Link to="/$appId/endpoints/$endpointId/testing" {...link}>
          {t('endpoints.testing')}
        </Link>
      ) : null}
      <Link to="/$appId/endpoints/$endpointId/advanced" {...link}>
        {t('endpoints.advanced')}
      </Link>
    </nav>
  );
}
