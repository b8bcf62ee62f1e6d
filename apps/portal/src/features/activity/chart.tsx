import type { StatisticsPeriod } from '@postrider/contract';
import { useTranslation } from 'react-i18next';
import { usePortal } from '../../app/portal';
import { formatNumber } from '../../lib/format';
import styles from './activity.module.css';
import { type Bar, OUTCOMES, totalOf } from './figures';
import { formatPeriod } from './format';

/** Units of the drawing; it is stretched to the room there is. */
const HEIGHT = 100;
const BAR = 10;
const GAP = 2;
/** So that what is little beside much is still seen. */
const LEAST = 0.8;

interface ChartProps {
  readonly bars: readonly Bar[];
  readonly period: StatisticsPeriod;
}

/** Stacked bars over time. The table has the same figures for those who do not see it. */
export function Chart({ bars, period }: ChartProps) {
  const { t } = useTranslation();
  const { locale } = usePortal();
  const most = Math.max(1, ...bars.map(({ total }) => total));
  const total = totalOf(bars);
  const [first, last] = [bars[0], bars.at(-1)];
  if (!first || !last) return null;
  const number = (value: number) => formatNumber(value, locale.tag);
  const from = formatPeriod(first.at, period, locale.tag);
  const to = formatPeriod(last.at, period, locale.tag);
  const middle = bars[Math.floor(bars.length / 2)] ?? first;
  return (
    <figure className={styles.figure}>
      <p className={styles.scale}>{t('activity.most', { number: number(most) })}</p>
      <svg
        className={styles.chart}
        viewBox={`0 0 ${bars.length * BAR} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={t('activity.chartText', {
          from,
          to,
          success: number(total.success),
          fail: number(total.fail),
          canceled: number(total.canceled),
        })}
      >
        {bars.map((bar, index) => (
          <Column key={bar.at.getTime()} bar={bar} x={index * BAR} most={most} period={period} />
        ))}
      </svg>
      <div className={styles.axis} aria-hidden="true">
        <span>{from}</span>
        <span className={styles.middle}>{formatPeriod(middle.at, period, locale.tag)}</span>
        <span>{to}</span>
      </div>
    </figure>
  );
}

interface ColumnProps {
  readonly bar: Bar;
  readonly x: number;
  readonly most: number;
  readonly period: StatisticsPeriod;
}

/** One period; the whole height of it says its figures to a mouse. */
function Column({ bar, x, most, period }: ColumnProps) {
  const { t } = useTranslation();
  const { locale } = usePortal();
  const parts = OUTCOMES.filter((outcome) => bar[outcome] > 0);
  let top = HEIGHT;
  return (
    <g className={styles.column}>
      <title>
        {[
          formatPeriod(bar.at, period, locale.tag),
          ...OUTCOMES.map((one) => `${t(`status.${one}`)}: ${formatNumber(bar[one], locale.tag)}`),
        ].join('\n')}
      </title>
      <rect className={styles.ground} x={x} y={0} width={BAR} height={HEIGHT} />
      {parts.map((outcome) => {
        const height = Math.max(LEAST, (bar[outcome] / most) * HEIGHT);
        top -= height;
        return (
          <rect
            key={outcome}
            className={styles.bar}
            data-kind={outcome}
            x={x + GAP / 2}
            y={Math.max(0, top)}
            width={BAR - GAP}
            height={height}
          />
        );
      })}
    </g>
  );
}
