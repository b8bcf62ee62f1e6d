import type { EndpointStats } from '@postrider/contract';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Card } from '../../components/card';
import { Loaded } from '../../components/loaded';
import { OutcomeFigures, outcomeColour } from '../../components/outcomes';
import { Segments } from '../../components/segments';
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
      {stats.data === undefined && stats.error === null ? (
        <Figures />
      ) : (
        <Loaded query={stats}>{(counts) => <Figures counts={counts} />}</Loaded>
      )}
    </Card>
  );
}

/** Takes the same room before its counts are there, so that nothing below moves when they come. */
function Figures({ counts }: { readonly counts?: EndpointStats }) {
  return (
    <>
      <div className={styles.bar} aria-hidden="true">
        {counts === undefined
          ? null
          : KINDS.filter((kind) => counts[kind] > 0).map((kind) => (
              <div
                key={kind}
                className={`${styles.part} ${outcomeColour}`}
                data-kind={kind}
                style={{ flex: counts[kind] }}
              />
            ))}
      </div>
      <div className={styles.legend}>
        <OutcomeFigures kinds={KINDS} counts={counts} />
      </div>
    </>
  );
}
