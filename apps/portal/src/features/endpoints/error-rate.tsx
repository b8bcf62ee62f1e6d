import { Skeleton } from '@mantine/core';
import type { EndpointStats } from '@postrider/contract';
import { useTranslation } from 'react-i18next';
import { usePortal } from '../../app/portal';
import page from '../../components/page.module.css';
import { Pill, type Tone } from '../../components/pill';
import { formatPercent } from '../../lib/format';
import { useEndpointStats } from './queries';

/** Share of ended attempts that failed, 0 to 1; undefined where none ended. */
export function errorRate({ success, fail }: EndpointStats): number | undefined {
  return success + fail === 0 ? undefined : fail / (success + fail);
}

/** From this share on somebody should look. */
const BAD_SHARE = 0.05;

const toneOf = (rate: number): Tone => (rate === 0 ? 'success' : rate < BAD_SHARE ? 'warning' : 'danger');

/** How much of what was sent to an endpoint failed lately. */
export function ErrorRate({ endpointId }: { readonly endpointId: string }) {
  const { t } = useTranslation();
  const { locale } = usePortal();
  const { data, isError } = useEndpointStats(endpointId);
  if (data === undefined) {
    return isError ? <span className={page.aside}>–</span> : <Skeleton height="1.25rem" width="3rem" />;
  }
  const rate = errorRate(data);
  if (rate === undefined) return <span className={page.aside}>{t('endpoints.nothingSent')}</span>;
  return (
    <Pill tone={toneOf(rate)}>
      {formatPercent(rate, locale.tag)}
      <span className={page.hidden}>{t('endpoints.errorRate')}</span>
    </Pill>
  );
}
