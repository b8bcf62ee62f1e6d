import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Card } from '../../components/card';
import { CodeBlock } from '../../components/code-block';
import { Loaded } from '../../components/loaded';
import { Note } from '../../components/note';
import { Segments } from '../../components/segments';
import { indentJson } from '../../lib/json';
import { useRawPayload } from './queries';

/** What the message says, easy to read or letter by letter. */
export function PayloadCard({ messageId }: { readonly messageId: string }) {
  const { t } = useTranslation();
  const raw = useRawPayload(messageId);
  const [form, setForm] = useState<'pretty' | 'raw'>('pretty');
  const isGone = raw.data?.expired === true;
  return (
    <Card
      title={t('message.payload')}
      aside={
        isGone ? undefined : (
          <Segments
            label={t('message.form')}
            value={form}
            options={[
              { value: 'pretty', label: t('message.pretty') },
              { value: 'raw', label: t('message.raw') },
            ]}
            onChange={setForm}
          />
        )
      }
    >
      <Loaded query={raw} lines={3}>
        {({ payload, expired }) => (expired ? <Gone /> : <Payload raw={payload} form={form} />)}
      </Loaded>
    </Card>
  );
}

function Gone() {
  const { t } = useTranslation();
  return <Note title={t('message.goneTitle')}>{t('message.goneText')}</Note>;
}

function Payload({ raw, form }: { readonly raw: string; readonly form: 'pretty' | 'raw' }) {
  const { t } = useTranslation();
  const pretty = form === 'pretty' ? indentJson(raw) : undefined;
  return <CodeBlock label={t('message.payload')} isJson={pretty !== undefined} text={pretty ?? raw} />;
}
