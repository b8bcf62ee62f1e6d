import { type ReactNode, useId } from 'react';
import page from './page.module.css';

interface CardProps {
  readonly title: string;
  /** Beside the title: a figure or a button. */
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}

/** A box with a heading of its own. */
export function Card({ title, aside, children }: CardProps) {
  const id = useId();
  return (
    <section className={page.card} aria-labelledby={id}>
      <div className={page.cardHead}>
        <h2 id={id} className={page.cardTitle}>
          {title}
        </h2>
        {aside}
      </div>
      {children}
    </section>
  );
}
