import { Skeleton } from '@mantine/core';
import type { ReactNode } from 'react';
import { Lines } from './lines';
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
      <div className={`${page.card} ${page.below}`}>
        <Lines count={4} />
      </div>
    </>
  );
}
