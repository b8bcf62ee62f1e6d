import { useTranslation } from 'react-i18next';
import { Textarea, TextInput } from '../../components/inputs';
import { LabelField } from '../../components/label-field';
import { EventTypePicker } from '../event-types/event-type-picker';
import { type EndpointValues, type FieldErrors, isChannel } from './endpoint-values';

/** Most channels that an endpoint may have. */
const MAX_CHANNELS = 10;

const URL_EXAMPLE = 'https://example.com/webhooks';

interface EndpointFieldsProps {
  readonly values: EndpointValues;
  readonly errors: FieldErrors;
  readonly onChange: (change: Partial<EndpointValues>) => void;
}

/** The fields that a new endpoint and one that is changed have in common. */
export function EndpointFields({ values, errors, onChange }: EndpointFieldsProps) {
  const { t } = useTranslation();
  return (
    <>
      <TextInput
        label={t('form.url')}
        description={t('form.urlHint')}
        type="url"
        inputMode="url"
        autoComplete="off"
        required
        placeholder={URL_EXAMPLE}
        value={values.url}
        error={errors.url}
        onChange={(event) => onChange({ url: event.currentTarget.value })}
      />
      <Textarea
        label={t('form.description')}
        rows={2}
        value={values.description}
        error={errors.description}
        onChange={(event) => onChange({ description: event.currentTarget.value })}
      />
      <EventTypePicker chosen={values.eventTypes} onChange={(eventTypes) => onChange({ eventTypes })} />
      <LabelField
        label={t('form.channels')}
        description={t('form.channelsHint')}
        values={values.channels}
        max={MAX_CHANNELS}
        check={(channel) => (isChannel(channel) ? undefined : t('form.channelWrong'))}
        onChange={(channels) => onChange({ channels })}
      />
    </>
  );
}

/** The field for messages per second. */
export function ThrottleField({ values, errors, onChange }: EndpointFieldsProps) {
  const { t } = useTranslation();
  return (
    <TextInput
      label={t('form.throttle')}
      description={t('form.throttleHint')}
      inputMode="numeric"
      value={values.throttleRate}
      error={errors.throttleRate}
      onChange={(event) => onChange({ throttleRate: event.currentTarget.value })}
    />
  );
}
