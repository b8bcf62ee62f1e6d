import { Skeleton } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import styles from './lines.module.css';
import page from './page.module.css';

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
