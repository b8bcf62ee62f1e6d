import type { ReactNode } from 'react';
import styles from './message-screen.module.css';
import { ScreenHeading } from './screen-heading';

interface MessageScreenProps {
  readonly icon: ReactNode;
  readonly documentTitle: string;
  readonly title: string;
  /** What is the matter. */
  readonly text: string;
  /** The way out. */
  readonly way?: string | undefined;
  readonly action?: ReactNode;
}

/** A whole screen that says one thing. */
export function MessageScreen({ icon, documentTitle, title, text, way, action }: MessageScreenProps) {
  return (
    <section className={styles.screen}>
      <div className={styles.card}>
        <div className={styles.icon}>{icon}</div>
        <ScreenHeading documentTitle={documentTitle} className={styles.title}>
          {title}
        </ScreenHeading>
        <p className={styles.text}>{text}</p>
        {way === undefined ? null : <p className={styles.way}>{way}</p>}
        {action === undefined ? null : <div className={styles.action}>{action}</div>}
      </div>
    </section>
  );
}
