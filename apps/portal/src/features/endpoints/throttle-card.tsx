import { Button } from '@mantine/core';
import type { EndpointOut } from '@postrider/contract';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { usePortal } from '../../app/portal';
import { Card } from '../../components/card';
import form from '../../components/form.module.css';
import { TextInput } from '../../components/inputs';
import { Instant } from '../../components/instant';
import { Loaded } from '../../components/loaded';
import page from '../../components/page.module.css';
import { Pill } from '../../components/pill';
import { ProblemNote } from '../../components/problem-note';
import { query } from '../../lib/api';
import { useChange } from '../../lib/change';
import { formatNumber } from '../../lib/format';
import { useMay } from '../session/queries';
import { useOpenSession } from '../session/session-scope';
import { isThrottleRate } from './endpoint-values';
import { useEndpoint, useEndpointParams } from './queries';

/** How many messages a second the endpoint gets at most, and whether some are held back now. */
export function ThrottleCard({ endpointId }: { readonly endpointId: string }) {
  const { t } = useTranslation();
  const may = useMay();
  const endpoint = useEndpoint(endpointId);
  const [isEditing, setIsEditing] = useState(false);
  return (
    <Card
      title={t('throttle.title')}
      aside={
        may('ManageEndpoint') && !isEditing ? (
          <Button variant="subtle" size="compact-xs" onClick={() => setIsEditing(true)}>
            {t('action.edit')}
          </Button>
        ) : undefined
      }
    >
      <Loaded query={endpoint} lines={1}>
        {(data) =>
          isEditing ? (
            <ThrottleForm endpoint={data} onClose={() => setIsEditing(false)} />
          ) : (
            <Throttle endpoint={data} />
          )
        }
      </Loaded>
    </Card>
  );
}

function Throttle({ endpoint }: { readonly endpoint: EndpointOut }) {
  const { t } = useTranslation();
  const { locale } = usePortal();
  if (!endpoint.throttleRate) return <p className={page.aside}>{t('throttle.none')}</p>;
  return (
    <>
      <p>{t('throttle.rate', { number: formatNumber(endpoint.throttleRate, locale.tag) })}</p>
      <ThrottleState endpointId={endpoint.id} />
    </>
  );
}

const POLL_MILLISECONDS = 5000;

function ThrottleState({ endpointId }: { readonly endpointId: string }) {
  const { t } = useTranslation();
  const { api } = useOpenSession();
  const params = useEndpointParams(endpointId);
  const { data } = useQuery({
    ...query('throttleState', api.endpoint.getRateLimitStatus, { params }),
    refetchInterval: POLL_MILLISECONDS,
  });
  if (data === undefined) return null;
  if (data.status === 'Ok') return <Pill tone="success">{t('throttle.ok')}</Pill>;
  return (
    <p>
      <Pill tone="warning">{t('throttle.holding')}</Pill>{' '}
      {data.throttledSince ? <Instant value={data.throttledSince} isRelative /> : null}
    </p>
  );
}

function ThrottleForm(props: { readonly endpoint: EndpointOut; readonly onClose: () => void }) {
  const { t } = useTranslation();
  const { api } = useOpenSession();
  const params = useEndpointParams(props.endpoint.id);
  const [rate, setRate] = useState(props.endpoint.throttleRate?.toString() ?? '');
  const [error, setError] = useState<string>();
  const save = useChange(
    (throttleRate: number | null) => api.endpoint.patch({ params, body: { throttleRate } }),
    props.onClose,
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isThrottleRate(rate)) save.mutate(rate.trim() === '' ? null : Number(rate));
    else setError(t('form.throttleWrong'));
  };
  return (
    <form className={form.form} onSubmit={submit}>
      <TextInput
        label={t('form.throttle')}
        description={t('form.throttleHint')}
        inputMode="numeric"
        value={rate}
        error={error}
        onChange={(event) => {
          setRate(event.currentTarget.value);
          setError(undefined);
        }}
      />
      {save.error === null ? null : <ProblemNote error={save.error} />}
      <div className={form.foot}>
        <Button variant="default" size="xs" onClick={props.onClose}>
          {t('action.cancel')}
        </Button>
        <Button type="submit" size="xs" loading={save.isPending}>
          {t('form.save')}
        </Button>
      </div>
    </form>
  );
}
