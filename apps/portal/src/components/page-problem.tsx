import type { ReactNode } from 'react';
import page from './page.module.css';
import { PageHead } from './page-head';
import { ProblemNote } from './problem-note';

interface PageProblemProps {
  /** What the page is about, as far as it is known. */
  readonly title: string;
  /** The way back. */
  readonly back: ReactNode;
  readonly error: unknown;
  readonly retry: () => void;
}

/** Stands for a page whose subject could not be loaded. */
export function PageProblem({ title, back, error, retry }: PageProblemProps) {
  return (
    <>
      <PageHead above={back} title={title} />
      <div className={page.below}>
        <ProblemNote error={error} retry={retry} />
      </div>
    </>
  );
}
