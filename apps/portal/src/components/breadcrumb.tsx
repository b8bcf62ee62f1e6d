import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import styles from './breadcrumb.module.css';

interface BreadcrumbProps {
  /** The way back. */
  readonly children: ReactNode;
  /** Where the reader is. */
  readonly here: ReactNode;
}

/** Where a page stands, and the way to the list it belongs to. */
export function Breadcrumb({ children, here }: BreadcrumbProps) {
  const { t } = useTranslation();
  return (
    <nav className={styles.breadcrumb} aria-label={t('navigation.breadcrumb')}>
      {children}
      <span aria-hidden="true">/</span>
      <span className={styles.here}>{here}</span>
    </nav>
  );
}
