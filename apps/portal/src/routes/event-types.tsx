import { Button } from '@mantine/core';
import type { EventTypeOut } from '@postrider/contract';
import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Card } from '../components/card';
import { SearchIcon } from '../components/icons';
import { TextInput } from '../components/inputs';
import { Loaded } from '../components/loaded';
import { Empty } from '../components/note';
import page from '../components/page.module.css';
import { PageHead } from '../components/page-head';
import { Pill } from '../components/pill';
import table from '../components/table.module.css';
import { MOST_TYPES, useEventTypes } from '../features/event-types/queries';
import { search } from '../features/event-types/tree';
import { useOpenSession } from '../features/session/session-scope';
import styles from './event-types.module.css';

/** The catalogue: what may be sent, by group. */
export function EventTypesPage() {
  const { t } = useTranslation();
  const eventTypes = useEventTypes();
  const [text, setText] = useState('');
  return (
    <>
      <PageHead
        title={t('catalog.title')}
        lead={t('catalog.lead')}
        actions={
          <TextInput
            type="search"
            className={styles.search}
            aria-label={t('picker.search')}
            placeholder={t('picker.search')}
            leftSection={<SearchIcon size={16} />}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
        }
      />
      <div className={`${page.stack} ${page.below}`}>
        <Loaded query={eventTypes} lines={6}>
          {(types) => <Groups types={types} text={text} />}
        </Loaded>
      </div>
    </>
  );
}

/** So many types are drawn at first, and more with each wish for it: catalogues of a thousand stay quick. */
const STEP = 200;

interface GroupsProps {
  readonly types: readonly EventTypeOut[];
  readonly text: string;
}

function Groups({ types, text }: GroupsProps) {
  const { t } = useTranslation();
  const [most, setMost] = useState(STEP);
  const found = useMemo(() => search(types, text), [types, text]);
  const groups = useMemo(() => byGroup(found.slice(0, most)), [found, most]);
  if (groups.length === 0) {
    return (
      <div className={page.card}>
        <Empty
          title={types.length === 0 ? t('catalog.emptyTitle') : t('catalog.noMatchTitle')}
          text={types.length === 0 ? t('catalog.emptyText') : t('catalog.noMatchText')}
        />
      </div>
    );
  }
  return (
    <>
      {groups.map(([group, members]) => (
        <Card key={group} title={group === '' ? t('catalog.otherGroup') : group}>
          <ul>
            {members.map((type) => (
              <EventTypeRow key={type.name} type={type} />
            ))}
          </ul>
        </Card>
      ))}
      {found.length > most ? (
        <Button variant="default" onClick={() => setMost(most + STEP)}>
          {t('catalog.more', { number: Math.min(STEP, found.length - most) })}
        </Button>
      ) : null}
      {types.length < MOST_TYPES ? null : (
        <p className={page.aside}>{t('catalog.cut', { number: MOST_TYPES })}</p>
      )}
    </>
  );
}

/** Types under their group, or else the first part of their name; groups in the order of the alphabet. */
function byGroup(types: readonly EventTypeOut[]): readonly (readonly [string, readonly EventTypeOut[]])[] {
  const groups = new Map<string, EventTypeOut[]>();
  for (const type of types) {
    const dot = type.name.indexOf('.');
    const group = type.groupName || (dot > 0 ? type.name.slice(0, dot) : '');
    groups.set(group, [...(groups.get(group) ?? []), type]);
  }
  return [...groups].toSorted(([one], [other]) => one.localeCompare(other));
}

function EventTypeRow({ type }: { readonly type: EventTypeOut }) {
  const { t } = useTranslation();
  const { session } = useOpenSession();
  return (
    <li className={table.item}>
      <Link
        to="/$appId/event-types/$eventType"
        params={{ appId: session.appId, eventType: type.name }}
        className={`${table.rowLink} ${page.mono}`}
      >
        {type.name}
      </Link>{' '}
      {type.deprecated ? <Pill tone="warning">{t('catalog.deprecated')}</Pill> : null}
      {type.description === '' ? null : <p className={table.sub}>{type.description}</p>}
    </li>
  );
}
