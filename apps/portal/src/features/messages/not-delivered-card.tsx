import { Button } from '@mantine/core';
import type { EndpointOut, MessageOut } from '@postrider/contract';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Card } from '../../components/card';
import { Instant } from '../../components/instant';
import { Loaded } from '../../components/loaded';
import page from '../../components/page.module.css';
import { ResendDialog } from '../attempts/resend-dialog';
import { useAllEndpoints } from '../endpoints/queries';
import { useMay } from '../session/queries';
import { useOpenSession } from '../session/session-scope';
import styles from './deliveries.module.css';
import { useDestinations } from './queries';
import { whyNot } from './why-not';

interface NotDeliveredCardProps {
  readonly message: MessageOut;
  /** False where the payload is gone. */
  readonly canResend: boolean;
}

/** The endpoints that the message was not sent to, and which rule kept it away from each. */
export function NotDeliveredCard({ message, canResend }: NotDeliveredCardProps) {
  const { t } = useTranslation();
  const endpoints = useAllEndpoints();
  const destinations = useDestinations(message.id);
  const reached = new Set(destinations.data?.data.map(({ id }) => id));
  if (destinations.data === undefined) return null;
  const others = endpoints.data?.filter(({ id }) => !reached.has(id));
  if (others?.length === 0) return null;
  return (
    <Card title={t('whyNot.title')}>
      <p className={page.aside}>{t('whyNot.text')}</p>
      <Loaded query={endpoints} lines={2}>
        {() => (
          <ul>
            {others?.map((endpoint) => (
              <Why key={endpoint.id} endpoint={endpoint} message={message} canResend={canResend} />
            ))}
          </ul>
        )}
      </Loaded>
    </Card>
  );
}

interface WhyProps extends NotDeliveredCardProps {
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
          {endpoint.url}
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
