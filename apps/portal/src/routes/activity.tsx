import { ActionIcon } from '@mantine/core';
import type { StatisticsPeriod } from '@postrider/contract';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Card } from '../components/card';
import { RefreshIcon } from '../components/icons';
import { NativeSelect } from '../components/inputs';
import { Loaded } from '../components/loaded';
import { Empty } from '../components/note';
import { OutcomeFigures } from '../components/outcomes';
import page from '../components/page.module.css';
import { PageHead } from '../components/page-head';
import { Segments } from '../components/segments';
import styles from '../features/activity/activity.module.css';
import { Chart } from '../features/activity/chart';
import { OUTCOMES, sumOf, toBars, toTypes, totalOf } from '../features/activity/figures';
import { type ActivityChoice, PERIODS, SPAN_OF } from '../features/activity/periods';
import { useActivity, useActivityByType } from '../features/activity/queries';
import { PeriodTable, TypeTable } from '../features/activity/tables';
import { useEventTypes } from '../features/event-types/queries';
import { useMay } from '../features/session/queries';
import { readersZone } from '../lib/format';
import { NotFoundPage } from './not-found';

/** How deliveries went over time: as a chart, in figures, and by event type. */
export function ActivityPage() {
  const { t } = useTranslation();
  const may = useMay();
  const choice = useSearch({ from: '/$appId/activity' });
  const period = choice.period ?? 'OneHour';
  if (!may('ViewBase')) return <NotFoundPage />;
  return (
    <>
      <PageHead title={t('activity.title')} lead={t('activity.lead')} />
      <div className={`${page.stack} ${page.below}`}>
        <Overview choice={choice} period={period} />
      </div>
    </>
  );
}

interface OverviewProps {
  readonly choice: ActivityChoice;
  readonly period: StatisticsPeriod;
}

function Overview({ choice, period }: OverviewProps) {
  const { t } = useTranslation();
  const activity = useActivity(period, choice.eventType);
  const byType = useActivityByType(period, choice.eventType);
  const refresh = () => Promise.all([activity.refetch(), byType.refetch()]);
  const isLoading = (activity.isFetching || byType.isFetching) && !activity.isPending;
  const isEmpty = activity.data !== undefined && sumOf(totalOf(toBars(activity.data))) === 0;
  // Days are those of UTC, which is said below the chart.
  const zone = period === 'OneDay' ? '' : ` · ${readersZone()}`;
  // What the chart's card says already, in other words or as rows of nothing, is not said again.
  const hasFigures = !isEmpty && (activity.data !== undefined || activity.error === null);
  return (
    <>
      <Card
        title={t('activity.chart')}
        aside={<span className={page.aside}>{`${t(`activity.${SPAN_OF[period]}`)}${zone}`}</span>}
      >
        <Choice choice={choice} period={period} isLoading={isLoading} refresh={() => void refresh()} />
        <Loaded query={activity} lines={6}>
          {(series) => {
            const bars = toBars(series);
            const total = totalOf(bars);
            return isEmpty ? (
              <Empty title={t('activity.emptyTitle')} text={t('activity.emptyText')} />
            ) : (
              <>
                <OutcomeFigures kinds={OUTCOMES} counts={total} />
                {/* While another choice loads, the figures are still those of the former one. */}
                <Chart key={series.period} bars={bars} period={series.period} />
              </>
            );
          }}
        </Loaded>
      </Card>
      {hasFigures ? (
        <div className={styles.tables}>
          <Card title={t('activity.figures')}>
            <Loaded query={activity} lines={6}>
              {(series) => <PeriodTable bars={toBars(series)} period={series.period} />}
            </Loaded>
          </Card>
          <Card title={t('activity.byType')}>
            <Loaded query={byType} lines={6}>
              {(stats) => <TypeTable types={toTypes(stats)} />}
            </Loaded>
          </Card>
        </div>
      ) : null}
    </>
  );
}

interface ChoiceProps extends OverviewProps {
  readonly isLoading: boolean;
  readonly refresh: () => void;
}

/** Resolution and event type; they stand in the address, so that a view can be sent on. */
function Choice({ choice, period, isLoading, refresh }: ChoiceProps) {
  const { t } = useTranslation();
  const navigate = useNavigate({ from: '/$appId/activity' });
  const { data: eventTypes = [] } = useEventTypes();
  const names = new Set([
    ...(choice.eventType === undefined ? [] : [choice.eventType]),
    ...eventTypes.map(({ name }) => name),
  ]);
  const choose = (search: ActivityChoice) => void navigate({ search, resetScroll: false, replace: true });
  return (
    <div className={styles.choice}>
      <Segments
        label={t('activity.resolution')}
        value={period}
        options={PERIODS.map((one) => ({ value: one, label: t(`activity.${one}`) }))}
        onChange={(one) => choose({ ...choice, period: one })}
      />
      <NativeSelect
        size="xs"
        className={styles.select}
        aria-label={t('filter.eventType')}
        value={choice.eventType ?? ''}
        data={[{ value: '', label: `${t('filter.eventType')}: ${t('filter.anyEventType')}` }, ...names]}
        onChange={({ currentTarget: { value } }) =>
          choose({ ...choice, eventType: value === '' ? undefined : value })
        }
      />
      <ActionIcon
        variant="subtle"
        className={styles.refresh}
        loading={isLoading}
        aria-label={t('action.refresh')}
        title={t('action.refresh')}
        onClick={refresh}
      >
        <RefreshIcon size={16} />
      </ActionIcon>
    </div>
  );
}
