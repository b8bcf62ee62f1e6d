import { ActionIcon } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Card } from '../../components/card';
import { RefreshIcon } from '../../components/icons';
import { Loaded } from '../../components/loaded';
import { Empty } from '../../components/note';
import { Pager } from '../../components/pager';
import { Segments } from '../../components/segments';
import { FilterPanel } from '../filters/filter-panel';
import { countFilters, type Filters } from '../filters/filters';
import { withLive } from '../live/list';
import { LiveBar } from '../live/live-bar';
import { AttemptTable } from './attempt-table';
import styles from './attempts-card.module.css';
import { useLiveAttempts } from './live';
import { useEndpointAttempts } from './queries';

interface AttemptsCardProps {
  readonly endpointId: string;
  readonly filters: Filters;
  readonly onChange: (filters: Filters) => void;
}

/** An endpoint's attempts, by status and filters. */
export function AttemptsCard({ endpointId, filters, onChange }: AttemptsCardProps) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const attempts = useEndpointAttempts(endpointId, filters);
  const live = useLiveAttempts(endpointId, filters, attempts.refetch);
  const isFiltered = countFilters(filters) > 0 || filters.status !== undefined;
  return (
    <Card
      title={t('attempts.title')}
      aside={
        <ActionIcon
          variant="subtle"
          loading={attempts.isFetching && !attempts.isPending}
          aria-label={t('action.refresh')}
          title={t('action.refresh')}
          onClick={() => void queryClient.invalidateQueries()}
        >
          <RefreshIcon size={16} />
        </ActionIcon>
      }
    >
      <div className={styles.bar}>
        <Segments
          label={t('attempts.status')}
          value={filters.status ?? 'all'}
          options={[
            { value: 'all', label: t('attempts.all') },
            { value: 'success', label: t('attempts.succeeded') },
            { value: 'fail', label: t('attempts.failed') },
          ]}
          onChange={(status) =>
            onChange({ ...filters, iterator: undefined, status: status === 'all' ? undefined : status })
          }
        />
        <FilterPanel filters={filters} onChange={onChange} isInRow />
      </div>
      <div className={styles.live}>
        <LiveBar live={live} />
      </div>
      <Loaded query={attempts} lines={4}>
        {(list) =>
          list.data.length === 0 && live.shown.length === 0 ? (
            <Empty
              title={isFiltered ? t('attempts.noMatchTitle') : t('attempts.emptyTitle')}
              text={isFiltered ? t('attempts.noMatchText') : t('attempts.emptyText')}
            />
          ) : (
            <>
              <div ref={live.table}>
                <AttemptTable attempts={withLive(live, list.data)} />
              </div>
              <Pager
                page={list}
                iterator={filters.iterator}
                onTurn={(iterator) => onChange({ ...filters, iterator })}
              />
            </>
          )
        }
      </Loaded>
    </Card>
  );
}
