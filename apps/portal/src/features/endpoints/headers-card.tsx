import { Button } from '@mantine/core';
import type { EndpointHeadersOut } from '@postrider/contract';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Card } from '../../components/card';
import form from '../../components/form.module.css';
import { Loaded } from '../../components/loaded';
import page from '../../components/page.module.css';
import { ProblemNote } from '../../components/problem-note';
import table from '../../components/table.module.css';
import { useChange } from '../../lib/change';
import { useMay } from '../session/queries';
import { useOpenSession } from '../session/session-scope';
import { HeaderFields } from './header-fields';
import { toHeaderChange, toRows } from './header-rows';
import { useEndpointHeaders, useEndpointParams } from './queries';

/** Headers that the endpoint gets with each message. */
export function HeadersCard({ endpointId }: { readonly endpointId: string }) {
  const { t } = useTranslation();
  const may = useMay();
  const headers = useEndpointHeaders(endpointId);
  const [isEditing, setIsEditing] = useState(false);
  return (
    <Card
      title={t('headers.title')}
      aside={
        may('ManageEndpoint') && !isEditing ? (
          <Button variant="subtle" size="compact-xs" onClick={() => setIsEditing(true)}>
            {t('action.edit')}
          </Button>
        ) : undefined
      }
    >
      <p className={page.aside}>{t('headers.hint')}</p>
      <Loaded query={headers} lines={1}>
        {(data) =>
          isEditing ? (
            <HeadersForm endpointId={endpointId} headers={data} onClose={() => setIsEditing(false)} />
          ) : (
            <HeaderTable headers={data.headers} sensitive={data.sensitive} />
          )
        }
      </Loaded>
    </Card>
  );
}

interface HeaderTableProps {
  readonly headers: Readonly<Record<string, string>>;
  readonly sensitive: readonly string[];
}

/** Names and values; of sensitive headers the value is not shown. */
export function HeaderTable({ headers, sensitive }: HeaderTableProps) {
  const { t } = useTranslation();
  const shown = [
    ...Object.entries(headers),
    ...sensitive.filter((name) => !(name in headers)).map((name): [string, string] => [name, '••••••••']),
  ];
  if (shown.length === 0) return <p>{t('headers.none')}</p>;
  return (
    <table className={table.table}>
      <thead>
        <tr>
          <th className={table.name}>{t('headers.name')}</th>
          <th>{t('headers.value')}</th>
        </tr>
      </thead>
      <tbody>
        {shown.map(([name, value]) => (
          <tr key={name}>
            <td className={page.mono}>{name}</td>
            <td className={page.mono}>{value}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface HeadersFormProps {
  readonly endpointId: string;
  readonly headers: EndpointHeadersOut;
  readonly onClose: () => void;
}

function HeadersForm({ endpointId, headers, onClose }: HeadersFormProps) {
  const { t } = useTranslation();
  const { api } = useOpenSession();
  const params = useEndpointParams(endpointId);
  const [before] = useState(() => toRows(headers.headers, headers.sensitive));
  const [rows, setRows] = useState(before);
  const save = useChange(
    (body: ReturnType<typeof toHeaderChange>) => api.endpoint.patchHeaders({ params, body }),
    onClose,
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate(toHeaderChange(before, rows));
  };
  return (
    <form className={`${form.form} ${form.below}`} onSubmit={submit}>
      <HeaderFields rows={rows} onChange={setRows} />
      {save.error === null ? null : <ProblemNote error={save.error} />}
      <div className={form.foot}>
        <Button variant="default" size="xs" onClick={onClose}>
          {t('action.cancel')}
        </Button>
        <Button type="submit" size="xs" loading={save.isPending}>
          {t('form.save')}
        </Button>
      </div>
    </form>
  );
}
