import { Skeleton } from '@mantine/core';
import type { ApplicationOut, WhoamiOut } from '@postrider/contract';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { usePortal } from '../../app/portal';
import { CopyButton } from '../../components/copy-button';
import page from '../../components/page.module.css';
import { formatDateTime, formatDistance, formatInstantInZone } from '../../lib/format';
import styles from './session-card.module.css';

interface SessionCardProps {
  /** Undefined while it is loading. */
  readonly application: ApplicationOut | undefined;
  /** Undefined while it is loading; null if it cannot be told. */
  readonly whoami: WhoamiOut | undefined | null;
}

/** Which application this is and how long the session lasts. */
export function SessionCard({ application, whoami }: SessionCardProps) {
  const { t } = useTranslation();
  return (
    <section className={page.card} aria-labelledby="about">
      <div className={page.cardHead}>
        <h2 id="about" className={page.cardTitle}>
          {t('home.about')}
        </h2>
      </div>
      <dl>
        <Fact term={t('home.application')}>{application?.name}</Fact>
        <Fact term={t('home.applicationId')} height="1.75rem">
          {application === undefined ? undefined : (
            <span className={styles.id}>
              <code className={styles.code}>{application.id}</code>
              <CopyButton
                text={application.id}
                label={t('home.copyApplicationId')}
                doneLabel={t('portal.copied')}
              />
            </span>
          )}
        </Fact>
        {whoami === null ? null : (
          <Fact term={t('home.sessionEnds')} height="2.625rem">
            {whoami === undefined ? undefined : <SessionEnd expiresAt={whoami.expiresAt} />}
          </Fact>
        )}
      </dl>
    </section>
  );
}

function SessionEnd({ expiresAt }: { readonly expiresAt: string | null | undefined }) {
  const { t } = useTranslation();
  const { locale } = usePortal();
  if (!expiresAt) return t('home.sessionEndsNever');
  const instant = new Date(expiresAt);
  return (
    <>
      <time dateTime={expiresAt} title={formatInstantInZone(instant, locale.tag)}>
        {formatDateTime(instant, locale.tag)}
      </time>
      <span className={styles.distance}>{formatDistance(instant, new Date(), locale.tag)}</span>
    </>
  );
}

interface FactProps {
  readonly term: string;
  /** Undefined: not known yet; something of its size stands there. */
  readonly children: ReactNode | undefined;
  /** The height that the value will have. */
  readonly height?: string;
}

function Fact({ term, children, height = '1.375rem' }: FactProps) {
  return (
    <div className={styles.fact}>
      <dt className={styles.term}>{term}</dt>
      <dd className={styles.value} style={{ minHeight: height }}>
        {children ?? <Skeleton height={height} />}
      </dd>
    </div>
  );
}
