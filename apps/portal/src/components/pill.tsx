import type { ReactNode } from 'react';
import styles from './pill.module.css';

export type Tone = 'neutral' | 'success' | 'danger' | 'warning' | 'info';

/** A state in a word. The colour repeats what the word says, and says nothing alone. */
export function Pill({ tone = 'neutral', children }: { readonly tone?: Tone; readonly children: ReactNode }) {
  return (
    <span className={styles.pill} data-tone={tone}>
      {children}
    </span>
  );
}

/** A name that somebody chose: an event type, a channel, a tag. */
export function Label({ children }: { readonly children: ReactNode }) {
  return <span className={styles.label}>{children}</span>;
}
