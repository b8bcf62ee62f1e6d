import type { EndpointOut } from '@postrider/contract';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Address } from '../../components/address';
import { Pill } from '../../components/pill';
import table from '../../components/table.module.css';
import { useOpenSession } from '../session/session-scope';
import { ErrorRate } from './error-rate';

/** A page of endpoints: where they lead, what they listen to, and how they do. */
export function EndpointTable({ endpoints }: { readonly endpoints: readonly EndpointOut[] }) {
  const { t } = useTranslation();
  return (
    <table className={table.table}>
      <thead>
        <tr>
          <th>{t('endpoints.url')}</th>
          <th className={table.wide}>{t('endpoints.listensTo')}</th>
          <th className={table.tight}>{t('endpoints.state')}</th>
          <th className={`${table.tight} ${table.end} ${table.wide}`}>{t('endpoints.errorRate')}</th>
        </tr>
      </thead>
      <tbody>
        {endpoints.map((endpoint) => (
          <EndpointRow key={endpoint.id} endpoint={endpoint} />
        ))}
      </tbody>
    </table>
  );
}

function EndpointRow({ endpoint }: { readonly endpoint: EndpointOut }) {
  const { t } = useTranslation();
  const { session } = useOpenSession();
  const { id, url, description, eventTypes } = endpoint;
  const [only] = eventTypes ?? [];
  return (
    <tr className={table.row}>
      <td>
        <Link
          to="/$appId/endpoints/$endpointId"
          params={{ appId: session.appId, endpointId: id }}
          className={table.rowLink}
        >
          <Address url={url} />
        </Link>
        {description === '' ? null : <div className={table.sub}>{description}</div>}
      </td>
      <td className={`${table.wide} ${table.sub}`}>
        {only === undefined
          ? t('endpoints.allEventTypes')
          : eventTypes?.length === 1
            ? only
            : t('endpoints.someEventTypes', { number: eventTypes?.length })}
      </td>
      <td className={table.tight}>
        <EndpointState endpoint={endpoint} />
      </td>
      <td className={`${table.tight} ${table.end} ${table.wide}`}>
        <ErrorRate endpointId={id} />
      </td>
    </tr>
  );
}

type State = Pick<EndpointOut, 'disabled' | 'failingSince'>;

/** Enabled, failing or disabled, in a word. */
export function EndpointState({ endpoint: { disabled, failingSince } }: { readonly endpoint: State }) {
  const { t } = useTranslation();
  if (disabled) return <Pill tone="neutral">{t('endpoints.disabled')}</Pill>;
  return failingSince ? (
    <Pill tone="danger">{t('endpoints.failing')}</Pill>
  ) : (
    <Pill tone="success">{t('endpoints.enabled')}</Pill>
  );
}
