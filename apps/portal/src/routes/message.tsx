import type { MessageOut } from '@postrider/contract';
import { Link, useParams, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Screen } from '../app/screen';
import { Breadcrumb } from '../components/breadcrumb';
import { Card } from '../components/card';
import { CopyButton } from '../components/copy-button';
import { CopyableId, Fact, Labels } from '../components/facts';
import { Instant } from '../components/instant';
import page from '../components/page.module.css';
import { PageHead } from '../components/page-head';
import { PageProblem } from '../components/page-problem';
import { PageSkeleton } from '../components/page-skeleton';
import { DeliveriesCard } from '../features/messages/deliveries-card';
import { NotDeliveredCard } from '../features/messages/not-delivered-card';
import { PayloadCard } from '../features/messages/payload-card';
import { useDestinations, useMessage, useMessageAttempts, useRawPayload } from '../features/messages/queries';
import { useOpenSession } from '../features/session/session-scope';
import { hasStatus } from '../lib/api';

/** One message: what it says and how it fared. */
export function MessagePage() {
  const { t } = useTranslation();
  const { messageId } = useParams({ from: '/$appId/messages/$messageId' });
  const message = useMessage(messageId);
  // What stands above other things, and is asked for at the same time, is waited for: so nothing moves when it comes.
  const others = [useRawPayload(messageId), useDestinations(messageId), useMessageAttempts(messageId)];
  if (hasStatus(message.error, 404)) return <Screen kind="messageMissing" action={<ToMessages />} />;
  // Once only: what failed is asked for anew by its card, and taking the page away meanwhile would go on for ever.
  const isFirstWait = others.some((one) => one.isPending && one.errorUpdateCount === 0);
  if (message.isPending || (message.isSuccess && isFirstWait)) {
    return <PageSkeleton heading={<PageHead title={t('message.loading')} />} />;
  }
  const { data } = message;
  if (data !== undefined) return <Message key={data.id} message={data} messageId={messageId} />;
  return (
    <PageProblem
      title={t('message.loading')}
      back={
        <Breadcrumb here={<span className={page.mono}>{messageId}</span>}>
          <ToMessages />
        </Breadcrumb>
      }
      error={message.error}
      retry={() => void message.refetch()}
    />
  );
}

function ToMessages() {
  const { t } = useTranslation();
  const { session } = useOpenSession();
  return (
    <Link to="/$appId/messages" params={{ appId: session.appId }} className={page.link}>
      {t('messages.title')}
    </Link>
  );
}

interface MessageProps {
  readonly message: MessageOut;
  /** The id that it was asked for by: the operator's own does as well. */
  readonly messageId: string;
}

function Message({ message, messageId }: MessageProps) {
  const { t } = useTranslation();
  const { attempt } = useSearch({ from: '/$appId/messages/$messageId' });
  const raw = useRawPayload(messageId);
  const canResend = raw.data !== undefined && !raw.data.expired;
  return (
    <>
      <PageHead
        above={
          <Breadcrumb
            here={
              <>
                <span className={page.mono}>{message.id}</span>
                <CopyButton text={message.id} label={t('message.copyId')} doneLabel={t('portal.copied')} />
              </>
            }
          >
            <ToMessages />
          </Breadcrumb>
        }
        title={message.eventType}
        documentTitle={t('message.documentTitle', { eventType: message.eventType })}
        lead={<Instant value={message.timestamp} hasZone />}
      />
      <div className={page.columns}>
        <div className={page.stack}>
          <PayloadCard messageId={messageId} />
          <DeliveriesCard messageId={messageId} chosen={attempt} canResend={canResend} />
          <NotDeliveredCard message={message} messageId={messageId} canResend={canResend} />
        </div>
        <Facts message={message} />
      </div>
    </>
  );
}

function Facts({ message }: { readonly message: MessageOut }) {
  const { t } = useTranslation();
  const { channels, tags, eventId, deliverAt } = message;
  return (
    <Card title={t('message.about')}>
      <dl>
        <Fact term={t('message.eventId')}>
          {eventId ? <CopyableId id={eventId} label={t('message.copyEventId')} /> : t('message.none')}
        </Fact>
        <Fact term={t('form.channels')}>
          {channels && channels.length > 0 ? <Labels names={channels} /> : t('message.none')}
        </Fact>
        <Fact term={t('message.tags')}>
          {tags && tags.length > 0 ? <Labels names={tags} /> : t('message.none')}
        </Fact>
        {deliverAt ? (
          <Fact term={t('message.deliverAt')}>
            <Instant value={deliverAt} hasZone />
          </Fact>
        ) : null}
      </dl>
    </Card>
  );
}
