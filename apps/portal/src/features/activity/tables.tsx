import type { StatisticsPeriod } from '@postrider/contract';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { usePortal } from '../../app/portal';
import { OutcomeMark } from '../../components/outcomes';
import page from '../../components/page.module.css';
import { ScrollRegion } from '../../components/scroll-region';
import table from '../../components/table.module.css';
import { formatNumber } from '../../lib/format';
import styles from './activity.module.css';
import { type Bar, type Counts, OUTCOMES, type TypeFigures } from './figures';
import { formatPeriod } from './format';

/** Rows that a table by event type has at most. */
const MOST_TYPES = 50;

/** The chart's figures, newest first. */
export function PeriodTable({
  bars,
  period,
}: {
  readonly bars: readonly Bar[];
  readonly period: StatisticsPeriod;
}) {
  const { t } = useTranslation();
  const { locale } = usePortal();
  return (
    <>
      {/* A day begins with an hour: under one key its row would travel from one table into the other. */}
      <FigureTable key={period} label={t('activity.figures')} first={t('activity.begin')}>
        {bars.toReversed().map((bar) => (
          <Row key={bar.at.getTime()} counts={bar}>
            <time dateTime={bar.at.toISOString()}>{formatPeriod(bar.at, period, locale.tag)}</time>
          </Row>
        ))}
      </FigureTable>
      {period === 'OneDay' ? <p className={`${page.aside} ${styles.foot}`}>{t('activity.utc')}</p> : null}
    </>
  );
}

/** Figures by event type, the busiest first. */
export function TypeTable({ types }: { readonly types: readonly TypeFigures[] }) {
  const { t } = useTranslation();
  const { locale } = usePortal();
  const more = types.length - MOST_TYPES;
  return (
    <>
      <FigureTable label={t('activity.byType')} first={t('filter.eventType')}>
        {types.slice(0, MOST_TYPES).map((type) => (
          <Row key={type.name} counts={type}>
            {type.name}
          </Row>
        ))}
      </FigureTable>
      {more > 0 ? (
        <p className={`${page.aside} ${styles.foot}`}>
          {t('activity.more', { number: formatNumber(more, locale.tag) })}
        </p>
      ) : null}
    </>
  );
}

interface FigureTableProps {
  readonly label: string;
  /** Heading of the column that says what the figures are of. */
  readonly first: string;
  readonly children: ReactNode;
}

/** Scrolls within itself, by keys too. */
function FigureTable({ label, first, children }: FigureTableProps) {
  const { t } = useTranslation();
  return (
    <ScrollRegion className={styles.scroll} label={label}>
      <table className={table.table}>
        <thead>
          <tr>
            <th scope="col">{first}</th>
            {OUTCOMES.map((outcome) => (
              <th key={outcome} scope="col" className={`${table.tight} ${table.end}`}>
                <OutcomeMark kind={outcome}>
                  <span className={styles.name}>{t(`status.${outcome}`)}</span>
                </OutcomeMark>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </ScrollRegion>
  );
}

function Row({ counts, children }: { readonly counts: Counts; readonly children: ReactNode }) {
  const { locale } = usePortal();
  return (
    <tr>
      <th scope="row" className={styles.rowHead}>
        {children}
      </th>
      {OUTCOMES.map((outcome) => (
        <td key={outcome} className={`${table.tight} ${table.end} ${styles.number}`}>
          {formatNumber(counts[outcome], locale.tag)}
        </td>
      ))}
    </tr>
  );
}
