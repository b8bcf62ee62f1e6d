import type { EndpointOut } from '@postrider/contract';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { TextInput } from '../../components/inputs';
import { ProblemNote } from '../../components/problem-note';
import { EndpointPicker } from '../endpoints/endpoint-picker';
import { useSecret } from '../endpoints/secret-card';
import { useMay } from '../session/queries';

/** A secret, and the endpoint that it is of; none for one that is typed. */
export interface ChosenSecret {
  readonly secret: string;
  readonly source: EndpointOut | undefined;
}

interface SecretFieldProps extends ChosenSecret {
  readonly onChange: (change: ChosenSecret) => void;
}

/** The secret to verify with: that of an endpoint, for those who may see it, or one that is pasted. */
export function SecretField({ secret, source, onChange }: SecretFieldProps) {
  const { t } = useTranslation();
  const may = useMay();
  return (
    <>
      {may('ViewEndpointSecret') ? (
        <EndpointPicker
          label={t('verify.source')}
          none={t('verify.typed')}
          value={source}
          onChange={(endpoint) => {
            // The same one again: its secret is there already, and will not be loaded anew.
            if (endpoint?.id !== source?.id) onChange({ secret: '', source: endpoint });
          }}
        />
      ) : null}
      {source === undefined ? (
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
        <EndpointSecret
          key={source.id}
          endpointId={source.id}
          onLoad={(loaded) => onChange({ secret: loaded, source })}
        />
      )}
    </>
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
