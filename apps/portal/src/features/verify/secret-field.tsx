import type { EndpointOut } from '@postrider/contract';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { NativeSelect, TextInput } from '../../components/inputs';
import { ProblemNote } from '../../components/problem-note';
import { MAX_CHOICE, useNewestEndpoints } from '../endpoints/queries';
import { useSecret } from '../endpoints/secret-card';
import { useMay } from '../session/queries';

interface SecretFieldProps {
  readonly secret: string;
  /** Where the secret comes from: the id of an endpoint, or empty for one that is typed. */
  readonly source: string;
  readonly onChange: (change: { secret: string; source: string }) => void;
}

/** The secret to verify with: that of an endpoint, for those who may see it, or one that is pasted. */
export function SecretField({ secret, source, onChange }: SecretFieldProps) {
  const { t } = useTranslation();
  const may = useMay();
  return (
    <>
      {may('ViewEndpointSecret') ? <Source source={source} onChange={onChange} /> : null}
      {source === '' ? (
        <TextInput
          label={t('verify.secret')}
          description={t('verify.secretHint')}
          type="password"
          autoComplete="off"
          spellCheck={false}
          value={secret}
          onChange={(event) => onChange({ secret: event.currentTarget.value, source })}
        />
      ) : source === OTHER ? null : (
        <EndpointSecret endpointId={source} onLoad={(loaded) => onChange({ secret: loaded, source })} />
      )}
    </>
  );
}

function Source({ source, onChange }: Pick<SecretFieldProps, 'source' | 'onChange'>) {
  const { t } = useTranslation();
  const { data } = useNewestEndpoints();
  const nameOf = ({ url, description }: EndpointOut) =>
    description === '' ? url : `${url} (${description})`;
  const listed = (data?.data ?? []).map((endpoint) => ({ value: endpoint.id, label: nameOf(endpoint) }));
  // Still in the making, or named by its id.
  const isOther = source !== '' && data !== undefined && listed.every(({ value }) => value !== source);
  return (
    <>
      <NativeSelect
        label={t('verify.source')}
        value={isOther ? OTHER : source}
        data={[
          { value: '', label: t('verify.typed') },
          ...listed,
          ...(data?.done === false ? [{ value: OTHER, label: t('verify.other') }] : []),
        ]}
        onChange={(event) => onChange({ secret: '', source: event.currentTarget.value })}
      />
      {isOther ? <OtherEndpoint onChange={onChange} /> : null}
    </>
  );
}

/** Stands for an endpoint that is not named yet. */
const OTHER = 'other';
const ENDPOINT_ID = /^ep_[0-9A-Za-z]{27}$/;

/** Takes the id of an endpoint that is too old for the list. */
function OtherEndpoint({ onChange }: Pick<SecretFieldProps, 'onChange'>) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  return (
    <TextInput
      label={t('verify.otherId')}
      description={t('verify.otherHint', { number: MAX_CHOICE })}
      spellCheck={false}
      value={text}
      onChange={({ currentTarget: { value } }) => {
        setText(value);
        onChange({ secret: '', source: ENDPOINT_ID.test(value.trim()) ? value.trim() : OTHER });
      }}
    />
  );
}

interface EndpointSecretProps {
  readonly endpointId: string;
  readonly onLoad: (secret: string) => void;
}

/** Fetches an endpoint's secret, and shows nothing of it. */
function EndpointSecret({ endpointId, onLoad }: EndpointSecretProps) {
  const { data, error } = useSecret(endpointId, true);
  const key = data?.key;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the callback is new at each render; the secret is not
  useEffect(() => {
    if (key !== undefined) onLoad(key);
  }, [key]);
  return error === null ? null : <ProblemNote error={error} />;
}
