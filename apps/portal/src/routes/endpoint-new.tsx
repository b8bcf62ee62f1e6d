import { Button } from '@mantine/core';
import type { EndpointIn } from '@postrider/contract';
import { Link, useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Breadcrumb } from '../components/breadcrumb';
import form from '../components/form.module.css';
import { TextInput } from '../components/inputs';
import page from '../components/page.module.css';
import { PageHead } from '../components/page-head';
import { ProblemNote } from '../components/problem-note';
import { EndpointFields, ThrottleField } from '../features/endpoints/endpoint-fields';
import { EMPTY_VALUES, toBody } from '../features/endpoints/endpoint-values';
import { HeaderFields } from '../features/endpoints/header-fields';
import { type HeaderRow, toHeaders } from '../features/endpoints/header-rows';
import { useEndpointForm } from '../features/endpoints/use-endpoint-form';
import { useMay } from '../features/session/queries';
import { useOpenSession } from '../features/session/session-scope';
import { useChange } from '../lib/change';
import { NotAllowedPage } from './not-allowed';

/** A form for a new endpoint. */
export function NewEndpointPage() {
  const { t } = useTranslation();
  const may = useMay();
  const { session } = useOpenSession();
  if (!may('ManageEndpoint')) return <NotAllowedPage />;
  return (
    <>
      <PageHead
        above={
          <Breadcrumb here={t('endpoints.add')}>
            <Link to="/$appId/endpoints" params={{ appId: session.appId }}>
              {t('endpoints.title')}
            </Link>
          </Breadcrumb>
        }
        title={t('form.newTitle')}
        lead={t('form.newLead')}
      />
      <div className={`${page.card} ${page.below}`}>
        <NewEndpointForm />
      </div>
    </>
  );
}

function NewEndpointForm() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { api, session } = useOpenSession();
  const { appId } = session;
  const fields = useEndpointForm(EMPTY_VALUES);
  const [headers, setHeaders] = useState<readonly HeaderRow[]>([]);
  const [secret, setSecret] = useState('');
  const create = useChange(
    (body: EndpointIn) => api.endpoint.create({ params: { app_id: appId }, body, headers: {} }),
    ({ id }) => navigate({ to: '/$appId/endpoints/$endpointId', params: { appId, endpointId: id } }),
  );

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!fields.check()) return;
    const given = toHeaders(headers);
    const body = {
      ...toBody(fields.values),
      version: 1,
      disabled: false,
      secret: secret.trim() === '' ? null : secret.trim(),
      headers: Object.keys(given).length === 0 ? null : given,
    };
    create.mutate(body, { onError: fields.setRefusal });
  };
  const { values, errors, change } = fields;
  return (
    <form className={form.form} onSubmit={submit} noValidate>
      <EndpointFields values={values} errors={errors} onChange={change} />
      <details className={form.more}>
        <summary>{t('form.more')}</summary>
        <div className={form.moreBody}>
          <ThrottleField values={values} errors={errors} onChange={change} />
          <fieldset className={form.fieldset}>
            <legend className={form.fieldTitle}>{t('headers.title')}</legend>
            <p className={form.hint}>{t('headers.hint')}</p>
            <HeaderFields rows={headers} onChange={setHeaders} error={errors.headers} />
          </fieldset>
          <TextInput
            label={t('form.secret')}
            description={t('form.secretHint')}
            autoComplete="off"
            spellCheck={false}
            value={secret}
            error={errors.secret}
            onChange={(event) => setSecret(event.currentTarget.value)}
          />
        </div>
      </details>
      {create.error === null ? null : <ProblemNote error={create.error} />}
      <div className={form.foot}>
        <Button
          variant="default"
          renderRoot={(props) => <Link to="/$appId/endpoints" params={{ appId }} {...props} />}
        >
          {t('action.cancel')}
        </Button>
        <Button type="submit" loading={create.isPending}>
          {t('form.create')}
        </Button>
      </div>
    </form>
  );
}
