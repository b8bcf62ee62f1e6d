import { ActionIcon, Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import form from '../../components/form.module.css';
import { PlusIcon, TrashIcon } from '../../components/icons';
import { TextInput } from '../../components/inputs';
import page from '../../components/page.module.css';
import type { HeaderRow } from './header-rows';

interface HeaderFieldsProps {
  readonly rows: readonly HeaderRow[];
  readonly onChange: (rows: readonly HeaderRow[]) => void;
  readonly error?: string | undefined;
}

/** Fields for headers: a name and a value a row. */
export function HeaderFields({ rows, onChange, error }: HeaderFieldsProps) {
  const { t } = useTranslation();
  const set = (key: number, change: Partial<HeaderRow>) =>
    onChange(rows.map((row) => (row.key === key ? { ...row, ...change } : row)));
  const add = () => {
    const key = Math.max(-1, ...rows.map((row) => row.key)) + 1;
    onChange([...rows, { key, name: '', value: '', isKept: false }]);
  };
  return (
    <div>
      {rows.map((row) => (
        <div key={row.key} className={form.header}>
          <TextInput
            aria-label={t('headers.name')}
            placeholder={t('headers.name')}
            value={row.name}
            readOnly={row.isKept}
            onChange={(event) => set(row.key, { name: event.currentTarget.value })}
          />
          <TextInput
            aria-label={t('headers.valueOf', { name: row.name })}
            placeholder={row.isKept ? t('headers.unchanged') : t('headers.value')}
            value={row.value}
            onChange={(event) => set(row.key, { value: event.currentTarget.value })}
          />
          <ActionIcon
            variant="subtle"
            size="input-sm"
            aria-label={t('action.removeThis', { what: row.name })}
            onClick={() => onChange(rows.filter(({ key }) => key !== row.key))}
          >
            <TrashIcon size={16} />
          </ActionIcon>
        </div>
      ))}
      {error === undefined ? null : (
        <p className={page.aside} role="alert">
          {error}
        </p>
      )}
      <Button
        className={form.add}
        variant="default"
        size="xs"
        leftSection={<PlusIcon size={14} />}
        onClick={add}
      >
        {t('headers.add')}
      </Button>
    </div>
  );
}
