import { Skeleton } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { usePortal } from '../app/portal';
import { formatNumber } from '../lib/format';
import styles from './outcomes.module.css';
import page from './page.module.css';

/** How a delivery stands or ended; each has one colour wherever it is shown. */
export type OutcomeKind = 'success' | 'pending' | 'sending' | 'fail' | 'canceled';

/** Class of what has the colour of its `data-kind`. */
export const outcomeColour = styles.colour;

/** A word with the dot of its colour. */
export function OutcomeMark({
  kind,
  children,
}: {
  readonly kind: OutcomeKind;
  readonly children: ReactNode;
}) {
  return (
    <span className={styles.mark}>
      <span className={`${styles.dot} ${styles.colour}`} data-kind={kind} />
      {children}
    </span>
  );
}

interface OutcomeFiguresProps<Kind extends OutcomeKind> {
  readonly kinds: readonly Kind[];
  /** Undefined while they are on their way. */
  readonly counts: Readonly<Record<Kind, number>> | undefined;
}

/** A figure for each outcome; the legend of a chart or bar as well. */
export function OutcomeFigures<Kind extends OutcomeKind>({ kinds, counts }: OutcomeFiguresProps<Kind>) {
  const { t } = useTranslation();
  const { locale } = usePortal();
  return (
    <dl className={styles.figures}>
      {kinds.map((kind) => (
        <div key={kind}>
          <dt>
            <OutcomeMark kind={kind}>{t(`status.${kind}`)}</OutcomeMark>
          </dt>
          <dd className={styles.number}>
            {counts === undefined ? (
              <>
                <span className={page.hidden}>{t('portal.loading')}</span>
                <Skeleton component="span" height="0.875rem" width="2.5rem" />
              </>
            ) : (
              formatNumber(counts[kind], locale.tag)
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}
