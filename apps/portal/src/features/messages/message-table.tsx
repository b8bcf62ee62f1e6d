import type { MessageOut } from '@postrider/contract';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Labels } from '../../components/facts';
import { Instant } from '../../components/instant';
import table from '../../components/table.module.css';
import { useOpenSession } from '../session/session-scope';

/** A page of messages. */
export function MessageTable({ messages }: { readonly messages: readonly MessageOut[] }) {
  const { t } = useTranslation();
  return (
    <table className={table.table}>
      <thead>
        <tr>
          <th>{t('messages.message')}</th>
          <th className={table.wide}>{t('messages.labels')}</th>
          <th className={`${table.tight} ${table.wide}`}>{t('messages.time')}</th>
        </tr>
      </thead>
      <tbody>
        {messages.map((message) => (
          <MessageRow key={message.id} message={message} />
        ))}
      </tbody>
    </table>
  );
}

function MessageRow({ message }: { readonly message: MessageOut }) {
  const { session } = useOpenSession();
  return (
    <tr className={table.row}>
      <td>
        <Link
          to="/$appId/messages/$messageId"
          params={{ appId: session.appId, messageId: message.id }}
          className={table.rowLink}
        >
          {message.eventType}
        </Link>
        <div className={table.sub}>{message.id}</div>
        <div className={`${table.sub} ${table.narrow}`}>
          <Instant value={message.timestamp} />
        </div>
      </td>
      <td className={table.wide}>
        <Labels names={[...new Set([...(message.channels ?? []), ...(message.tags ?? [])])]} />
      </td>
      <td className={`${table.tight} ${table.wide} ${table.sub}`}>
        <Instant value={message.timestamp} />
      </td>
    </tr>
  );
}
