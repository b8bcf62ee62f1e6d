import { Skeleton } from '@mantine/core';
import type { ReactNode } from 'react';
import page from './page.module.css';
import styles from './page-skeleton.module.css';

/** The shape of a page before its content is there, under a heading that says what is going on. */
export function PageSkeleton({ heading }: { readonly heading: ReactNode }) {
  return (
    <>
      {heading}
      <div className={styles.lead}>
        <Skeleton height="0.75rem" width="min(20rem, 80%)" />
      </div>
      <div className={page.columns} aria-hidden="true">
        <CardSkeleton rows={['58%', '46%', '40%', '44%', '62%', '52%']} />
        <CardSkeleton rows={['70%', '90%', '80%']} />
      </div>
    </>
  );
}

/** `rows`: how wide the longer line of each row is. */
function CardSkeleton({ rows }: { readonly rows: readonly string[] }) {
  return (
    <div className={page.card}>
      <div className={styles.head}>
        <Skeleton height="0.875rem" width="7rem" />
      </div>
      {rows.map((width) => (
        <div key={width} className={styles.row}>
          <Skeleton height="0.75rem" width="35%" />
          <Skeleton height="0.625rem" width={width} />
        </div>
      ))}
    </div>
  );
}
