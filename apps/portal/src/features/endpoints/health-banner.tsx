import { Button } from '@mantine/core';
import type { EndpointOut } from '@postrider/contract';
import { useTranslation } from 'react-i18next';
import { usePortal } from '../../app/portal';
import { Instant } from '../../components/instant';
import { Note } from '../../components/note';
import page from '../../components/page.module.css';
import { formatNumber } from '../../lib/format';
import { useMay } from '../session/queries';
import { FAILING_FROM, type Failing, failuresInARow } from './health';
import { useLatestAttempts } from './queries';

interface HealthBannerProps {
  readonly endpoint: EndpointOut;
  readonly onEnable: () => void;
  readonly isEnabling: boolean;
}

/** Says why nothing arrives, or soon may not: the endpoint is disabled, or its attempts fail. */
export function HealthBanner({ endpoint, onEnable, isEnabling }: HealthBannerProps) {
  const { t } = useTranslation();
  const may = useMay();
  const { data } = useLatestAttempts(endpoint.id);
  const failing = data === undefined ? undefined : failuresInARow(data.data);
  if (endpoint.disabled) {
    return (
      <div className={page.below}>
        <Note
          tone="warning"
          title={t('health.disabledTitle')}
          action={
            may('ManageEndpoint') ? (
              <Button size="xs" loading={isEnabling} onClick={onEnable}>
                {t('endpoints.enable')}
              </Button>
            ) : undefined
          }
        >
          <WhyDisabled endpoint={endpoint} />
          {endpoint.disabledReason === 'failing' ? <FailingSince endpoint={endpoint} /> : null}
          {failing === undefined ? null : <LastFailure failing={failing} />}
          <p>{t('health.disabledText')}</p>
        </Note>
      </div>
    );
  }
  const isInARow = failing !== undefined && failing.count >= FAILING_FROM;
  if (!isInARow && !endpoint.failingSince) return null;
  return (
    <div className={page.below}>
      <Note tone="danger" title={t('health.failingTitle')}>
        {isInARow ? <FailingText failing={failing} /> : null}
        <FailingSince endpoint={endpoint} />
        {failing === undefined ? null : <LastFailure failing={failing} />}
      </Note>
    </div>
  );
}

/** Who or what disabled it, and when. Endpoints that were disabled before that was noted have no reason. */
function WhyDisabled({ endpoint: { disabledReason, disabledAt } }: { readonly endpoint: EndpointOut }) {
  const { t } = useTranslation();
  if (!disabledReason) return <p>{t('disabledBy.unknown')}</p>;
  return (
    <p>
      {t(`disabledBy.${disabledReason}`)} {disabledAt ? <Instant value={disabledAt} /> : null}
    </p>
  );
}

function FailingSince({ endpoint: { failingSince } }: { readonly endpoint: EndpointOut }) {
  const { t } = useTranslation();
  if (!failingSince) return null;
  return (
    <p>
      {t('health.failingSince')} <Instant value={failingSince} />
    </p>
  );
}

function FailingText({ failing: { count, isAtLeast } }: { readonly failing: Failing }) {
  const { t } = useTranslation();
  const { locale } = usePortal();
  const number = formatNumber(count, locale.tag);
  return <p>{isAtLeast ? t('health.allFailed', { number }) : t('health.someFailed', { number })}</p>;
}

/** What the receiver answered last: mostly the reason. */
function LastFailure({ failing: { last } }: { readonly failing: Failing }) {
  const { t } = useTranslation();
  const { responseStatusCode: code } = last;
  return (
    <p>
      {code === 0
        ? t('health.lastNoAnswer')
        : code === 410
          ? t('health.lastGone')
          : t('health.lastCode', { code })}{' '}
      <Instant value={last.timestamp} />
    </p>
  );
}
