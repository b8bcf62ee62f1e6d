import type { EndpointStats } from '@postrider/contract';
import { useTranslation } from 'react-i18next';
import { usePortal } from '../../app/portal';
import { Card } from '../../components/card';
import { Loaded } from '../../components/loaded';
import page from '../../components/page.module.css';
import { formatNumber } from '../../lib/format';
import { useEndpointStats } from './queries';
import styles from './stats-card.module.css';

const KINDS = ['success', 'pending', 'sending', 'fail', 'canceled'] as const;

/** How the endpoint's attempts of the last 28 days ended, as a bar and in figures. */
export function StatsCard({ endpointId }: { readonly endpointId: string }) {
  const { t } = useTranslation();
  const stats = useEndpointStats(endpointId);
  return (
    <Card title={t('stats.title')} aside={<span className={page.aside}>{t('stats.period')}</span>}>
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
