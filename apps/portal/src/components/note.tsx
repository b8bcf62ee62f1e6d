import type { ReactNode } from 'react';
import { CheckIcon, InboxIcon, InfoIcon, WarningIcon } from './icons';
import styles from './note.module.css';

interface NoteProps {
  readonly tone?: 'info' | 'warning' | 'danger' | 'success';
  readonly title: string;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
  /** True for what comes up in answer to something the reader did. */
  readonly isAnswer?: boolean;
}

const ICONS = { info: InfoIcon, warning: WarningIcon, danger: WarningIcon, success: CheckIcon } as const;

/** Something that the reader should know, above or below what it is about. */
export function Note({ tone = 'info', title, children, action, isAnswer = false }: NoteProps) {
  const Icon = ICONS[tone];
  return (
    <div className={styles.note} data-tone={tone} role={isAnswer ? 'alert' : undefined}>
      <span className={styles.icon}>
        <Icon size={18} />
      </span>
      <div className={styles.body}>
        <p className={styles.title}>{title}</p>
        {children === undefined ? null : <div className={styles.text}>{children}</div>}
        {action === undefined ? null : <div className={styles.action}>{action}</div>}
      </div>
    </div>
  );
}

interface EmptyProps {
  readonly title: string;
  readonly text: string;
  readonly action?: ReactNode;
}

/** Stands where a list has nothing to show. */
export function Empty({ title, text, action }: EmptyProps) {
  return (
    <div className={styles.empty}>
      <span className={styles.emptyIcon}>
        <InboxIcon size={24} />
      </span>
      <p className={styles.emptyTitle}>{title}</p>
      <p className={styles.emptyText}>{text}</p>
      {action === undefined ? null : <div className={styles.action}>{action}</div>}
    </div>
  );
}
