import { ActionIcon, Button } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { RefreshIcon } from '../components/icons';
import { TextInput } from '../components/inputs';
import { Loaded } from '../components/loaded';
import { Empty } from '../components/note';
import page from '../components/page.module.css';
import { PageHead } from '../components/page-head';
import { Pager } from '../components/pager';
import { FilterPanel } from '../features/filters/filter-panel';
import { countFilters } from '../features/filters/filters';
import { withLive } from '../features/live/list';
import { LiveBar } from '../features/live/live-bar';
import { useLiveMessages } from '../features/messages/live';
import { MessageTable } from '../features/messages/message-table';
import { useMessages } from '../features/messages/queries';
import { useOpenSession } from '../features/session/session-scope';
import styles from './messages.module.css';

/** The log: what was sent to the application, newest first. */
export function MessagesPage() {
  const { t } = useTranslation();
  const filters = useSearch({ from: '/$appId/messages' });
  const navigate = useNavigate({ from: '/$appId/messages' });
  const messages = useMessages(filters);
  const live = useLiveMessages(filters, messages.refetch);
  const isFiltered = countFilters(filters) > 0;
  return (
    <>
      <PageHead title={t('messages.title')} lead={t('messages.lead')} actions={<JumpToMessage />} />
      <div className={`${page.card} ${page.below}`}>
        <div className={styles.bar}>
          <FilterPanel filters={filters} onChange={(search) => void navigate({ search })} />
          <ActionIcon
            variant="subtle"
            loading={messages.isFetching && !messages.isPending}
            aria-label={t('action.refresh')}
            title={t('action.refresh')}
            onClick={() => void messages.refetch()}
          >
            <RefreshIcon size={16} />
          </ActionIcon>
        </div>
        <LiveBar live={live} />
        <Loaded query={messages} lines={5}>
          {(list) =>
            list.data.length === 0 && live.shown.length === 0 ? (
              <Empty
                title={isFiltered ? t('messages.noMatchTitle') : t('messages.emptyTitle')}
                text={isFiltered ? t('messages.noMatchText') : t('messages.emptyText')}
              />
            ) : (
              <>
                <div ref={live.table}>
                  <MessageTable messages={withLive(live, list.data)} />
                </div>
                <Pager
                  page={list}
                  iterator={filters.iterator}
                  onTurn={(iterator) => void navigate({ search: { ...filters, iterator } })}
                />
              </>
            )
          }
        </Loaded>
      </div>
    </>
  );
}

/** Opens a message whose id the reader has. */
function JumpToMessage() {
  const { t } = useTranslation();
  const { session } = useOpenSession();
  const navigate = useNavigate();
  const [id, setId] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const messageId = id.trim();
    if (messageId === '') return;
    void navigate({ to: '/$appId/messages/$messageId', params: { appId: session.appId, messageId } });
  };
  return (
    <form className={styles.jump} onSubmit={submit}>
      <TextInput
        aria-label={t('messages.jump')}
        placeholder={t('messages.jump')}
        value={id}
        spellCheck={false}
        onChange={(event) => setId(event.currentTarget.value)}
      />
      <Button type="submit" variant="default">
        {t('messages.open')}
      </Button>
    </form>
  );
}
