import { Button } from '@mantine/core';
import type { EventExampleIn } from '@postrider/contract';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import form from '../../components/form.module.css';
import { SendIcon } from '../../components/icons';
import { NativeSelect, Textarea } from '../../components/inputs';
import { Loaded } from '../../components/loaded';
import page from '../../components/page.module.css';
import { ProblemNote } from '../../components/problem-note';
import { useChange } from '../../lib/change';
import { useEventType, useEventTypes } from '../event-types/queries';
import { examplesOf, firstSchema, isObject, type JsonObject } from '../event-types/schema';
import { useOpenSession } from '../session/session-scope';
import { useEndpointParams } from './queries';
import { TestResult } from './test-result';

/** An event type that every server knows. */
const PING = 'svix.ping';
const PING_EXAMPLE = { success: true };

const pretty = (value: JsonObject): string => JSON.stringify(value, undefined, 2);

function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Chooses an event type, shows its example, and sends it. */
export function SendExample({ endpointId }: { readonly endpointId: string }) {
  const { t } = useTranslation();
  const [name, setName] = useState(PING);
  // The event that needs no catalogue can be sent before it is there.
  const { data: types = [], error, refetch } = useEventTypes();
  const eventType = useEventType(name === PING ? undefined : name);
  return (
    <div className={form.form}>
      <p className={page.aside}>{t('testing.text')}</p>
      {error === null ? null : <ProblemNote error={error} retry={() => void refetch()} />}
      <NativeSelect
        label={t('testing.eventType')}
        value={name}
        data={[{ value: PING, label: t('testing.ping') }, ...types.map((type) => type.name)]}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      {name === PING ? (
        <Example key={PING} endpointId={endpointId} name={PING} examples={[PING_EXAMPLE]} />
      ) : (
        <Loaded query={eventType} lines={4}>
          {({ schemas }) => (
            <Example
              key={name}
              endpointId={endpointId}
              name={name}
              examples={examplesOf(firstSchema(schemas))}
            />
          )}
        </Loaded>
      )}
    </div>
  );
}

interface ExampleProps {
  readonly endpointId: string;
  readonly name: string;
  readonly examples: readonly JsonObject[];
}

function Example({ endpointId, name, examples }: ExampleProps) {
  const { t } = useTranslation();
  const { api } = useOpenSession();
  const params = useEndpointParams(endpointId);
  const [index, setIndex] = useState(0);
  const [text, setText] = useState(() => pretty(examples[0] ?? {}));
  const payload = parseObject(text);
  const send = useChange((body: EventExampleIn) => api.endpoint.sendExample({ params, body, headers: {} }));
  const example = examples[index];
  const isExample = example !== undefined && text === pretty(example);

  const choose = (next: number) => {
    setIndex(next);
    setText(pretty(examples[next] ?? {}));
  };
  const submit = () => {
    if (payload === undefined) return;
    send.mutate({ eventType: name, exampleIndex: index, payload: isExample ? null : { ...payload } });
  };
  return (
    <>
      {examples.length > 1 ? (
        <NativeSelect
          label={t('testing.example')}
          value={index.toString()}
          data={examples.map((_, at) => ({
            value: at.toString(),
            label: t('testing.exampleNumber', { number: at + 1 }),
          }))}
          onChange={(event) => choose(Number(event.currentTarget.value))}
        />
      ) : null}
      <Textarea
        label={t('testing.payload')}
        description={examples.length === 0 ? t('testing.noExample') : t('testing.payloadHint')}
        rows={Math.min(16, Math.max(5, text.split('\n').length))}
        spellCheck={false}
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: '0.8125rem' } }}
        value={text}
        error={payload === undefined ? t('testing.notObject') : undefined}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      {send.error === null ? null : <ProblemNote error={send.error} />}
      <div className={form.foot}>
        <Button
          leftSection={<SendIcon size={16} />}
          loading={send.isPending}
          disabled={payload === undefined}
          onClick={submit}
        >
          {t('testing.send')}
        </Button>
      </div>
      {send.data === undefined ? null : (
        <TestResult key={send.data.id} endpointId={endpointId} messageId={send.data.id} />
      )}
    </>
  );
}
