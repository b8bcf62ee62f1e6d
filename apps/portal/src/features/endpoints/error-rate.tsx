import { Skeleton } from '@mantine/core';
import type { EndpointAttemptStats } from '@postrider/contract';
import { useTranslation } from 'react-i18next';
import { usePortal } from '../../app/portal';
import page from '../../components/page.module.css';
import { Pill, type Tone } from '../../components/pill';
import { formatPercent } from '../../lib/format';
import { useSeen } from '../../lib/seen';
import { useEndpointAttemptStats } from './queries';

/** Share of ended attempts that failed, 0 to 1; undefined where none ended. */
export function errorRate({
  success,
  fail,
}: Pick<EndpointAttemptStats, 'success' | 'fail'>): number | undefined {
  return success + fail === 0 ? undefined : fail / (success + fail);
}

/** From this share on somebody should look. */
const BAD_SHARE = 0.05;

const toneOf = (rate: number): Tone => (rate === 0 ? 'success' : rate < BAD_SHARE ? 'warning' : 'danger');

/** How much of what was sent to an endpoint failed lately. Asks for it when the row comes into view. */
export function ErrorRate({ endpointId }: { readonly endpointId: string }) {
  const [element, isSeen] = useSeen<HTMLSpanElement>();
  const stats = useEndpointAttemptStats(endpointId, isSeen);
  return (
    <span ref={element}>
      {stats.data === undefined ? <Unknown isError={stats.isError} /> : <Rate counts={stats.data} />}
    </span>
  );
}

function Unknown({ isError }: { readonly isError: boolean }) {
  return isError ? <span className={page.aside}>–</span> : <Skeleton height="1.25rem" width="3rem" />;
}

function Rate({ counts }: { readonly counts: EndpointAttemptStats }) {
  const { t } = useTranslation();
  const { locale } = usePortal();
  const rate = errorRate(counts);
  if (rate === undefined) return <span className={page.aside}>{t('endpoints.nothingSent')}</span>;
  return (
    <Pill tone={toneOf(rate)}>
      {formatPercent(rate, locale.tag)}
      <span className={page.hidden}>{t('endpoints.errorRate')}</span>
    </Pill>
  );
}
