import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Lines } from './lines';
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
