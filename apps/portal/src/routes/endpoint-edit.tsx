import { Button } from '@mantine/core';
import type { EndpointOut, EndpointPatch } from '@postrider/contract';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import type { FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Breadcrumb } from '../components/breadcrumb';
import form from '../components/form.module.css';
import { Loaded } from '../components/loaded';
import page from '../components/page.module.css';
import { PageHead } from '../components/page-head';
import { ProblemNote } from '../components/problem-note';
import { EndpointFields, ThrottleField } from '../features/endpoints/endpoint-fields';
import { toBody, toValues } from '../features/endpoints/endpoint-values';
import { useEndpoint, useEndpointParams } from '../features/endpoints/queries';
import { useEndpointForm } from '../features/endpoints/use-endpoint-form';
import { useMay } from '../features/session/queries';
import { useOpenSession } from '../features/session/session-scope';
import { useChange } from '../lib/change';
import { NotAllowedPage } from './not-allowed';

/** A form to change an endpoint. */
export function EditEndpointPage() {
  const { t } = useTranslation();
  const may = useMay();
  const params = useParams({ from: '/$appId/endpoints/$endpointId/edit' });
  const endpoint = useEndpoint(params.endpointId);
  if (!may('ManageEndpoint')) return <NotAllowedPage />;
  return (
    <>
      <PageHead
        above={
          <Breadcrumb here={t('action.edit')}>
            <Link to="/$appId/endpoints/$endpointId" params={params}>
              {t('form.back')}
            </Link>
          </Breadcrumb>
        }
        title={t('form.editTitle')}
      />
      <div className={`${page.card} ${page.below}`}>
        <Loaded query={endpoint} lines={6}>
          {(data) => <EditEndpointForm endpoint={data} />}
        </Loaded>
      </div>
    </>
  );
}

function EditEndpointForm({ endpoint }: { readonly endpoint: EndpointOut }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { api, session } = useOpenSession();
  const call = useEndpointParams(endpoint.id);
  const params = { appId: session.appId, endpointId: endpoint.id };
  const { values, errors, change, check, setRefusal } = useEndpointForm(toValues(endpoint));
  const save = useChange(
    (body: EndpointPatch) => api.endpoint.patch({ params: call, body }),
    () => navigate({ to: '/$appId/endpoints/$endpointId', params }),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (check()) save.mutate(toBody(values), { onError: setRefusal });
  };
  return (
    <form className={form.form} onSubmit={submit} noValidate>
      <EndpointFields values={values} errors={errors} onChange={change} />
      <ThrottleField values={values} errors={errors} onChange={change} />
      {save.error === null ? null : <ProblemNote error={save.error} />}
      <div className={form.foot}>
        <Button
          variant="default"
          renderRoot={(props) => <Link to="/$appId/endpoints/$endpointId" params={params} {...props} />}
        >
          {t('action.cancel')}
        </Button>
        <Button type="submit" loading={save.isPending}>
          {t('form.save')}
        </Button>
      </div>
    </form>
  );
}
