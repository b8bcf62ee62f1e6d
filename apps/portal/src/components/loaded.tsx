import { Skeleton } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import styles from './loaded.module.css';
import page from './page.module.css';
import { ProblemNote } from './problem-note';

interface LoadedProps<T> {
  readonly query: UseQueryResult<T>;
  /** How many lines stand there until the data does. */
  readonly lines?: number;
  readonly children: (data: T) => ReactNode;
}

/** Draws what a query brought; before that something of its shape, or what went wrong with a way to try again. */
export function Loaded<T>({ query, lines = 3, children }: LoadedProps<T>) {
  if (query.data !== undefined) return children(query.data);
  if (query.error !== null) return <ProblemNote error={query.error} retry={() => void query.refetch()} />;
  return <Lines count={lines} />;
}

/** Lines that are on their way. */
export function Lines({ count }: { readonly count: number }) {
  const { t } = useTranslation();
  return (
    <div>
      <span className={page.hidden}>{t('portal.loading')}</span>
      {Array.from({ length: count }, (_, index) => `${index}`).map((key) => (
        <div key={key} className={styles.line} aria-hidden="true">
          <Skeleton height="0.75rem" width={Number(key) % 2 === 0 ? '45%' : '60%'} />
          <Skeleton height="0.625rem" width={Number(key) % 2 === 0 ? '70%' : '40%'} />
        </div>
      ))}
    </div>
  );
}
