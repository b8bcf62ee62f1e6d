import type { EventTypeOut } from '@postrider/contract';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Screen } from '../app/screen';
import { Breadcrumb } from '../components/breadcrumb';
import { Card } from '../components/card';
import { CodeBlock } from '../components/code-block';
import { NativeSelect } from '../components/inputs';
import page from '../components/page.module.css';
import { PageHead } from '../components/page-head';
import { PageProblem } from '../components/page-problem';
import { PageSkeleton } from '../components/page-skeleton';
import { Pill } from '../components/pill';
import { useEventType } from '../features/event-types/queries';
import { examplesOf, isObject, type JsonObject, toFields } from '../features/event-types/schema';
import { SchemaTree } from '../features/event-types/schema-tree';
import { useOpenSession } from '../features/session/session-scope';
import { hasStatus } from '../lib/api';
import styles from './event-type.module.css';

/** One event type: what its payload holds, beside an example. */
export function EventTypePage() {
  const params = useParams({ from: '/$appId/event-types/$eventType' });
  const eventType = useEventType(params.eventType);
  if (hasStatus(eventType.error, 404)) return <Screen kind="eventTypeMissing" action={<ToCatalog />} />;
  if (eventType.isPending) return <PageSkeleton heading={<PageHead title={params.eventType} />} />;
  if (eventType.data !== undefined) return <EventType key={eventType.data.name} eventType={eventType.data} />;
  return (
    <PageProblem
      title={params.eventType}
      back={
        <Breadcrumb here={params.eventType}>
          <ToCatalog />
        </Breadcrumb>
      }
      error={eventType.error}
      retry={() => void eventType.refetch()}
    />
  );
}

function ToCatalog() {
  const { t } = useTranslation();
  const { session } = useOpenSession();
  return (
    <Link to="/$appId/event-types" params={{ appId: session.appId }} className={page.link}>
      {t('catalog.title')}
    </Link>
  );
}

function EventType({ eventType }: { readonly eventType: EventTypeOut }) {
  const { t } = useTranslation();
  const versions = Object.entries(eventType.schemas ?? {}).filter((entry): entry is [string, JsonObject] =>
    isObject(entry[1]),
  );
  const [version, setVersion] = useState(versions.at(-1)?.[0] ?? '1');
  const schema = versions.find(([name]) => name === version)?.[1];
  return (
    <>
      <PageHead
        above={
          <Breadcrumb here={eventType.name}>
            <ToCatalog />
          </Breadcrumb>
        }
        title={eventType.name}
        lead={eventType.description === '' ? undefined : eventType.description}
        actions={
          <>
            {eventType.deprecated ? <Pill tone="warning">{t('catalog.deprecated')}</Pill> : null}
            {versions.length > 1 ? (
              <NativeSelect
                aria-label={t('catalog.version')}
                value={version}
                data={versions.map(([name]) => ({
                  value: name,
                  label: t('catalog.versionName', { name }),
                }))}
                onChange={(event) => setVersion(event.currentTarget.value)}
              />
            ) : null}
          </>
        }
      />
      <div className={styles.columns}>
        <SchemaCard schema={schema} />
        <ExampleCard key={version} schema={schema} />
      </div>
    </>
  );
}

function SchemaCard({ schema }: { readonly schema: JsonObject | undefined }) {
  const { t } = useTranslation();
  const fields = schema === undefined ? [] : toFields(schema);
  return (
    <Card title={t('catalog.schema')}>
      {fields.length === 0 ? (
        <p className={page.aside}>{t('catalog.noSchema')}</p>
      ) : (
        <SchemaTree fields={fields} />
      )}
    </Card>
  );
}

function ExampleCard({ schema }: { readonly schema: JsonObject | undefined }) {
  const { t } = useTranslation();
  const examples = examplesOf(schema);
  const [index, setIndex] = useState(0);
  const example = examples[index];
  return (
    <Card
      title={t('catalog.example')}
      aside={
        examples.length > 1 ? (
          <NativeSelect
            size="xs"
            aria-label={t('testing.example')}
            value={index.toString()}
            data={examples.map((_, at) => ({
              value: at.toString(),
              label: t('testing.exampleNumber', { number: at + 1 }),
            }))}
            onChange={(event) => setIndex(Number(event.currentTarget.value))}
          />
        ) : undefined
      }
    >
      {example === undefined ? (
        <p className={page.aside}>{t('catalog.noExample')}</p>
      ) : (
        <CodeBlock isJson label={t('catalog.example')} text={JSON.stringify(example, undefined, 2)} />
      )}
    </Card>
  );
}
