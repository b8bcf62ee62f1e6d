import { Button } from '@mantine/core';
import type { EndpointOut, MessageOut } from '@postrider/contract';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Address } from '../../components/address';
import { Card } from '../../components/card';
import { Instant } from '../../components/instant';
import { Loaded } from '../../components/loaded';
import page from '../../components/page.module.css';
import { PagerButtons } from '../../components/pager';
import { ResendDialog } from '../attempts/resend-dialog';
import { EndpointPicker } from '../endpoints/endpoint-picker';
import { useEndpointsAndNext } from '../endpoints/queries';
import { useMay } from '../session/queries';
import { useOpenSession } from '../session/session-scope';
import styles from './deliveries.module.css';
import { KnownDelivery } from './deliveries-card';
import { useDestinations } from './queries';
import { whyNot } from './why-not';

interface NotDeliveredCardProps {
  readonly message: MessageOut;
  /** The id that it was asked for by: the operator's own does as well. */
  readonly messageId: string;
  /** False where the payload is gone. */
  readonly canResend: boolean;
}

/** How many endpoints are judged at a time. */
const PAGE_SIZE = 20;

/**
 * The endpoints that the message was not sent to, and which rule kept it away from each; a page of endpoints at a time.
 * Which of a page it was sent to is told by the destinations behind the first endpoint of the next page. Where there is
 * more than one page, an endpoint can be asked about by itself.
 */
export function NotDeliveredCard({ message, messageId, canResend }: NotDeliveredCardProps) {
  const { t } = useTranslation();
  const [asked, setAsked] = useState<EndpointOut>();
  const [iterators, setIterators] = useState<readonly string[]>([]);
  const endpoints = useEndpointsAndNext(iterators.at(-1), PAGE_SIZE);
  const list = endpoints.data?.data;
  const destinations = useDestinations(messageId, list?.[PAGE_SIZE]?.id);
  if (list === undefined || destinations.data === undefined) return null;
  const reached = new Set(destinations.data.data.map(({ id }) => id));
  const shown = list.slice(0, PAGE_SIZE);
  const others = shown.filter(({ id }) => !reached.has(id));
  const last = list.length > PAGE_SIZE ? shown.at(-1)?.id : undefined;
  const isOnlyPage = last === undefined && iterators.length === 0;
  if (others.length === 0 && isOnlyPage) return null;
  const picker = isOnlyPage ? null : (
    <div className={styles.ask}>
      <EndpointPicker label={t('whyNot.ask')} none={t('whyNot.all')} value={asked} onChange={setAsked} />
    </div>
  );
  if (asked !== undefined) {
    return (
      <Card title={t('whyNot.title')}>
        {picker}
        <Asked
          key={asked.id}
          endpoint={asked}
          message={message}
          messageId={messageId}
          canResend={canResend}
        />
      </Card>
    );
  }
  return (
    <Card title={t('whyNot.title')}>
      {picker}
      <p className={page.aside}>{others.length === 0 ? t('whyNot.none') : t('whyNot.text')}</p>
      <ul>
        {others.map((endpoint) => (
          <Why key={endpoint.id} endpoint={endpoint} message={message} canResend={canResend} />
        ))}
      </ul>
      <PagerButtons
        onNewer={iterators.length === 0 ? undefined : () => setIterators(iterators.slice(0, -1))}
        onOlder={last === undefined ? undefined : () => setIterators([...iterators, last])}
      />
    </Card>
  );
}

interface AskedProps extends NotDeliveredCardProps {
  readonly endpoint: EndpointOut;
}

/** One endpoint: how the message fared there, or what kept it away. Destinations begin behind the next older endpoint. */
function Asked({ endpoint, message, messageId, canResend }: AskedProps) {
  const { t } = useTranslation();
  const older = useEndpointsAndNext(endpoint.id, 0);
  const destinations = useDestinations(messageId, older.data?.data[0]?.id, older.data !== undefined);
  return (
    <Loaded query={older} lines={2}>
      {() => (
        <Loaded query={destinations} lines={2}>
          {({ data }) => {
            const destination = data.find(({ id }) => id === endpoint.id);
            return destination === undefined ? (
              <ul>
                <Why endpoint={endpoint} message={message} canResend={canResend} />
              </ul>
            ) : (
              <>
                <p className={page.aside}>{t('whyNot.sent')}</p>
                <ul>
                  <KnownDelivery
                    messageId={messageId}
                    destination={destination}
                    attempts={undefined}
                    chosen={undefined}
                    canResend={canResend}
                  />
                </ul>
              </>
            );
          }}
        </Loaded>
      )}
    </Loaded>
  );
}

interface WhyProps extends Omit<NotDeliveredCardProps, 'messageId'> {
  readonly endpoint: EndpointOut;
}

function Why({ endpoint, message, canResend }: WhyProps) {
  const { t } = useTranslation();
  const may = useMay();
  const { session } = useOpenSession();
  const [isSending, setIsSending] = useState(false);
  const { kind } = whyNot(endpoint, message);
  const sayings = { eventType: message.eventType, channels: (endpoint.channels ?? []).join(', ') };
  return (
    <li className={styles.reason}>
      <div className={styles.head}>
        <Link
          to="/$appId/endpoints/$endpointId"
          params={{ appId: session.appId, endpointId: endpoint.id }}
          className={`${page.link} ${page.mono}`}
        >
          <Address url={endpoint.url} />
        </Link>
        {may('CreateAttempts') && canResend && !endpoint.disabled ? (
          <Button variant="default" size="xs" onClick={() => setIsSending(true)}>
            {t('whyNot.send')}
          </Button>
        ) : null}
      </div>
      <p>
        {t(`whyNot.${kind}`, sayings)}{' '}
        {kind === 'createdLater' ? <Instant value={endpoint.createdAt} /> : null}
        {kind === 'disabled' || kind === 'changedSince' ? <Instant value={endpoint.updatedAt} /> : null}
      </p>
      {isSending ? (
        <ResendDialog messageId={message.id} endpointId={endpoint.id} onClose={() => setIsSending(false)} />
      ) : null}
    </li>
  );
}
