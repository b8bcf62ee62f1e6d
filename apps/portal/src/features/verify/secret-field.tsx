import type { EndpointOut } from '@postrider/contract';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { NativeSelect, TextInput } from '../../components/inputs';
import { ProblemNote } from '../../components/problem-note';
import { useNewestEndpoints } from '../endpoints/queries';
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
      ) : (
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
  return (
    <NativeSelect
      label={t('verify.source')}
      value={source}
      data={[
        { value: '', label: t('verify.typed') },
        ...(data?.data ?? []).map((endpoint) => ({ value: endpoint.id, label: nameOf(endpoint) })),
      ]}
      onChange={(event) => onChange({ secret: '', source: event.currentTarget.value })}
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
