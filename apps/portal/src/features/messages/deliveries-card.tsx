import { Button, Skeleton } from '@mantine/core';
import type { MessageAttemptOut, MessageEndpointOut, MessageStatusText } from '@postrider/contract';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Address } from '../../components/address';
import { Card } from '../../components/card';
import { ReplayIcon } from '../../components/icons';
import { Instant } from '../../components/instant';
import { Loaded } from '../../components/loaded';
import page from '../../components/page.module.css';
import { PagerButtons } from '../../components/pager';
import { ResendDialog } from '../attempts/resend-dialog';
import { StatusPill } from '../attempts/status';
import { useMay } from '../session/queries';
import { useOpenSession } from '../session/session-scope';
import { AttemptDetails } from './attempt-details';
import styles from './deliveries.module.css';
import { useAttemptsAt, useDestinations, useMessageAttempts } from './queries';

interface DeliveriesCardProps {
  readonly messageId: string;
  /** The attempt that the reader came for. */
  readonly chosen: string | undefined;
  /** False where the payload is gone. */
  readonly canResend: boolean;
}

/** How the message fared at each endpoint that it was for. */
export function DeliveriesCard({ messageId, chosen, canResend }: DeliveriesCardProps) {
  const { t } = useTranslation();
  const destinations = useDestinations(messageId);
  const attempts = useMessageAttempts(messageId);
  return (
    <Card title={t('message.deliveries')}>
      <Loaded query={destinations} lines={3}>
        {({ data, done }) =>
          data.length === 0 ? (
            <p className={page.aside}>{t('message.noDeliveries')}</p>
          ) : (
            <Loaded query={attempts} lines={3}>
              {(all) => (
                <>
                  <Deliveries
                    destinations={data}
                    attempts={all.done ? all.data : undefined}
                    messageId={messageId}
                    chosen={chosen}
                    canResend={canResend}
                  />
                  {done ? null : <p className={page.aside}>{t('message.cut', { number: data.length })}</p>}
                </>
              )}
            </Loaded>
          )
        }
      </Loaded>
    </Card>
  );
}

interface DeliveriesProps extends DeliveriesCardProps {
  readonly destinations: readonly MessageEndpointOut[];
  /** All of the message; undefined where there are too many, so that each endpoint asks for its own. */
  readonly attempts: readonly MessageAttemptOut[] | undefined;
}

const PAGE_SIZE = 20;

/** A few endpoints at a time, since each brings its attempts with it; the first that is drawn has the chosen one. */
function Deliveries({ destinations, attempts, ...props }: DeliveriesProps) {
  const chosen = attempts?.find(({ id }) => id === props.chosen)?.endpointId;
  const place = Math.max(
    0,
    destinations.findIndex(({ id }) => id === chosen),
  );
  const [first, setFirst] = useState(place - (place % PAGE_SIZE));
  const isLast = first + PAGE_SIZE >= destinations.length;
  return (
    <>
      <ul>
        {destinations.slice(first, first + PAGE_SIZE).map((destination) => (
          <KnownDelivery key={destination.id} destination={destination} attempts={attempts} {...props} />
        ))}
      </ul>
      <PagerButtons
        onNewer={first === 0 ? undefined : () => setFirst(first - PAGE_SIZE)}
        onOlder={isLast ? undefined : () => setFirst(first + PAGE_SIZE)}
      />
    </>
  );
}

interface KnownDeliveryProps extends DeliveriesCardProps {
  readonly destination: MessageEndpointOut;
  readonly attempts: readonly MessageAttemptOut[] | undefined;
}

/** How the message fared at one endpoint; its attempts are asked for where they are not known. */
export function KnownDelivery({ attempts, ...props }: KnownDeliveryProps) {
  const own = useAttemptsAt(props.messageId, props.destination.id, attempts === undefined);
  const known = attempts ?? own.data?.data;
  return (
    <Delivery attempts={known?.filter(({ endpointId }) => endpointId === props.destination.id)} {...props} />
  );
}

interface DeliveryProps extends DeliveriesCardProps {
  readonly destination: MessageEndpointOut;
  /** Undefined while they are on their way. */
  readonly attempts: readonly MessageAttemptOut[] | undefined;
}

/** The API says fail for all that has not succeeded; with a next attempt, or none yet, it is not over. */
function stateOf(destination: MessageEndpointOut, attempts: number): MessageStatusText {
  if (destination.statusText !== 'fail') return destination.statusText;
  if (destination.nextAttempt) return attempts === 0 ? 'pending' : 'sending';
  return attempts === 0 ? 'pending' : 'fail';
}

function Delivery({ messageId, destination, attempts, chosen, canResend }: DeliveryProps) {
  const { t } = useTranslation();
  const may = useMay();
  const { session } = useOpenSession();
  const [isResending, setIsResending] = useState(false);
  return (
    <li className={styles.delivery}>
      <div className={styles.head}>
        <div className={styles.where}>
          {attempts === undefined && destination.statusText === 'fail' ? (
            <Skeleton height="1.25rem" width="5rem" />
          ) : (
            <StatusPill status={stateOf(destination, attempts?.length ?? 0)} />
          )}
          <Link
            to="/$appId/endpoints/$endpointId"
            params={{ appId: session.appId, endpointId: destination.id }}
            className={`${page.link} ${page.mono}`}
          >
            <Address url={destination.url} />
          </Link>
        </div>
        {may('CreateAttempts') && canResend ? (
          <Button
            variant="default"
            size="xs"
            leftSection={<ReplayIcon size={14} />}
            onClick={() => setIsResending(true)}
          >
            {t('attempts.resend')}
          </Button>
        ) : null}
      </div>
      {destination.nextAttempt ? (
        <p className={`${page.aside} ${styles.next}`}>
          {t('message.nextAttempt')} <Instant value={destination.nextAttempt} />
        </p>
      ) : null}
      {attempts === undefined ? (
        <div className={`${styles.attempts} ${styles.waiting}`}>
          <span className={page.hidden}>{t('portal.loading')}</span>
        </div>
      ) : attempts.length === 0 ? null : (
        <div className={styles.attempts}>
          {attempts.map((attempt) => (
            <AttemptDetails key={attempt.id} attempt={attempt} isChosen={attempt.id === chosen} />
          ))}
        </div>
      )}
      {isResending ? (
        <ResendDialog
          messageId={messageId}
          endpointId={destination.id}
          onClose={() => setIsResending(false)}
        />
      ) : null}
    </li>
  );
}
