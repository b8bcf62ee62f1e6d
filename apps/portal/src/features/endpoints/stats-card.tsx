import type { EndpointStats } from '@postrider/contract';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { usePortal } from '../../app/portal';
import { Card } from '../../components/card';
import { Loaded } from '../../components/loaded';
import { Segments } from '../../components/segments';
import { formatNumber } from '../../lib/format';
import { SPANS, type SpanName, spanSince } from '../activity/periods';
import { useEndpointStats } from './queries';
import styles from './stats-card.module.css';

const KINDS = ['success', 'pending', 'sending', 'fail', 'canceled'] as const;

/** How the endpoint's attempts of a while ended, as a bar and in figures. */
export function StatsCard({ endpointId }: { readonly endpointId: string }) {
  const { t } = useTranslation();
  const [span, setSpan] = useState<SpanName>('weeks');
  // The longest is what the API takes of itself: to ask for it by its beginning would be a moment too long.
  const stats = useEndpointStats(endpointId, span === 'weeks' ? undefined : spanSince(span, new Date()));
  return (
    <Card
      title={t('stats.title')}
      aside={
        <Segments
          label={t('activity.period')}
          value={span}
          options={SPANS.map((name) => ({ value: name, label: t(`activity.${name}`) }))}
          onChange={setSpan}
        />
      }
    >
      <Loaded query={stats} lines={1}>
        {(counts) => <Figures counts={counts} />}
      </Loaded>
    </Card>
  );
}

function Figures({ counts }: { readonly counts: EndpointStats }) {
  const { t } = useTranslation();
  const { locale } = usePortal();
  return (
    <>
      <div className={styles.bar} aria-hidden="true">
        {KINDS.filter((kind) => counts[kind] > 0).map((kind) => (
          <div key={kind} className={styles.part} data-kind={kind} style={{ flex: counts[kind] }} />
        ))}
      </div>
      <dl className={styles.legend}>
        {KINDS.map((kind) => (
          <div key={kind}>
            <dt className={styles.term}>
              <span className={styles.dot} data-kind={kind} />
              {t(`status.${kind}`)}
            </dt>
            <dd className={styles.number}>{formatNumber(counts[kind], locale.tag)}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
