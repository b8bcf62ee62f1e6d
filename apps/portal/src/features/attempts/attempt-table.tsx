import { ActionIcon } from '@mantine/core';
import type { MessageAttemptOut } from '@postrider/contract';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { usePortal } from '../../app/portal';
import { DotsIcon } from '../../components/icons';
import { Instant } from '../../components/instant';
import { Menu } from '../../components/menu';
import page from '../../components/page.module.css';
import table from '../../components/table.module.css';
import { formatDuration } from '../../lib/format';
import { ReplayDialog } from '../endpoints/replay-dialog';
import { useMay } from '../session/queries';
import { useOpenSession } from '../session/session-scope';
import { ResendDialog } from './resend-dialog';
import { StatusPill } from './status';

/** Attempts of one endpoint, each with the way to its message. */
export function AttemptTable({ attempts }: { readonly attempts: readonly MessageAttemptOut[] }) {
  const { t } = useTranslation();
  const may = useMay();
  return (
    <table className={table.table}>
      <thead>
        <tr>
          <th className={table.tight}>{t('attempts.status')}</th>
          <th>{t('attempts.message')}</th>
          <th className={`${table.tight} ${table.wide}`}>{t('attempts.answer')}</th>
          <th className={`${table.tight} ${table.wide}`}>{t('attempts.time')}</th>
          {may('CreateAttempts') ? (
            <th className={table.tight}>
              <span className={page.hidden}>{t('action.more')}</span>
            </th>
          ) : null}
        </tr>
      </thead>
      <tbody>
        {attempts.map((attempt) => (
          <AttemptRow key={attempt.id} attempt={attempt} canResend={may('CreateAttempts')} />
        ))}
      </tbody>
    </table>
  );
}

interface AttemptRowProps {
  readonly attempt: MessageAttemptOut;
  readonly canResend: boolean;
}

function AttemptRow({ attempt, canResend }: AttemptRowProps) {
  const { session } = useOpenSession();
  return (
    <tr className={table.row}>
      <td className={table.tight}>
        <StatusPill status={attempt.statusText} />
      </td>
      <td>
        <Link
          to="/$appId/messages/$messageId"
          params={{ appId: session.appId, messageId: attempt.msgId }}
          search={{ attempt: attempt.id }}
          className={table.rowLink}
        >
          {attempt.msg?.eventType ?? attempt.msgId}
        </Link>
        <div className={table.sub}>{attempt.msgId}</div>
        <div className={`${table.sub} ${table.narrow}`}>
          <Instant value={attempt.timestamp} />
        </div>
      </td>
      <td className={`${table.tight} ${table.wide} ${table.sub}`}>
        <Answer attempt={attempt} />
      </td>
      <td className={`${table.tight} ${table.wide} ${table.sub}`}>
        <Instant value={attempt.timestamp} />
      </td>
      {canResend ? (
        <td className={table.tight}>
          <AttemptMenu attempt={attempt} />
        </td>
      ) : null}
    </tr>
  );
}

/** Status code and duration, or that there was no answer. */
export function Answer({ attempt }: { readonly attempt: MessageAttemptOut }) {
  const { t } = useTranslation();
  const { locale } = usePortal();
  const { responseStatusCode: code, responseDurationMs: duration } = attempt;
  const took = formatDuration(duration, locale.tag);
  return (
    <>
      {code === 0 ? t('attempts.noAnswer') : code} · {took}
    </>
  );
}

function AttemptMenu({ attempt }: { readonly attempt: MessageAttemptOut }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState<'resend' | 'recover'>();
  const close = () => setOpen(undefined);
  return (
    <div className={table.above}>
      <Menu>
        <Menu.Target>
          <ActionIcon variant="subtle" aria-label={t('attempts.menu', { id: attempt.msgId })}>
            <DotsIcon size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => setOpen('resend')}>{t('attempts.resend')}</Menu.Item>
          <Menu.Item onClick={() => setOpen('recover')}>{t('attempts.recoverFrom')}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {open === 'resend' ? (
        <ResendDialog messageId={attempt.msgId} endpointId={attempt.endpointId} onClose={close} />
      ) : null}
      {open === 'recover' ? (
        <ReplayDialog
          kind="recover"
          endpointId={attempt.endpointId}
          since={attempt.msg?.timestamp ?? attempt.timestamp}
          onClose={close}
        />
      ) : null}
    </div>
  );
}
