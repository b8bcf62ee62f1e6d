import { Button } from '@mantine/core';
import { type FormEvent, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import form from '../../components/form.module.css';
import { FilterIcon } from '../../components/icons';
import { NativeSelect, TextInput } from '../../components/inputs';
import page from '../../components/page.module.css';
import { readersZone } from '../../lib/format';
import { useEventTypes } from '../event-types/queries';
import styles from './filter-panel.module.css';
import { countFilters, type Filters } from './filters';

interface FilterPanelProps {
  readonly filters: Filters;
  readonly onChange: (filters: Filters) => void;
}

/** Button and form for filters; opens with the page where some are set. */
export function FilterPanel({
  filters,
  onChange,
  isInRow = false,
}: FilterPanelProps & {
  /** The button stands in a row with others, which wraps; the form below them. */
  readonly isInRow?: boolean;
}) {
  const { t } = useTranslation();
  const id = useId();
  const count = countFilters(filters);
  const [isOpen, setIsOpen] = useState(count > 0);
  return (
    <div className={styles.panel} data-row={isInRow || undefined}>
      <Button
        variant="default"
        size="xs"
        leftSection={<FilterIcon size={15} />}
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={() => setIsOpen(!isOpen)}
      >
        {count === 0 ? t('filter.title') : t('filter.count', { count: count.toString() })}
      </Button>
      <div id={id} hidden={!isOpen}>
        {isOpen ? <FilterForm key={JSON.stringify(filters)} filters={filters} onChange={onChange} /> : null}
      </div>
    </div>
  );
}

/** What a `datetime-local` field takes: the reader's own time, without a zone. */
function toLocal(value: string | undefined): string {
  if (value === undefined) return '';
  const instant = new Date(value);
  return new Date(instant.getTime() - instant.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

const toInstant = (local: FormDataEntryValue | null): string | undefined =>
  typeof local === 'string' && local !== '' ? new Date(local).toISOString() : undefined;

const toText = (value: FormDataEntryValue | null): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;

function FilterForm({ filters, onChange }: FilterPanelProps) {
  const { t } = useTranslation();
  const { data: eventTypes = [] } = useEventTypes();
  const names = new Set([
    ...(filters.eventType === undefined ? [] : [filters.eventType]),
    ...eventTypes.map(({ name }) => name),
  ]);

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    onChange({
      status: filters.status,
      eventType: toText(fields.get('eventType')),
      channel: toText(fields.get('channel')),
      tag: toText(fields.get('tag')),
      after: toInstant(fields.get('after')),
      before: toInstant(fields.get('before')),
    });
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <div className={form.pair}>
        <NativeSelect
          name="eventType"
          label={t('filter.eventType')}
          key={names.size}
          defaultValue={filters.eventType ?? ''}
          data={[{ value: '', label: t('filter.anyEventType') }, ...names]}
        />
        <TextInput name="channel" label={t('filter.channel')} defaultValue={filters.channel ?? ''} />
        <TextInput name="tag" label={t('filter.tag')} defaultValue={filters.tag ?? ''} />
        <TextInput
          name="after"
          type="datetime-local"
          label={t('filter.after')}
          defaultValue={toLocal(filters.after)}
        />
        <TextInput
          name="before"
          type="datetime-local"
          label={t('filter.before')}
          defaultValue={toLocal(filters.before)}
        />
      </div>
      <div className={`${form.foot} ${styles.foot}`}>
        <span className={`${page.aside} ${styles.zone}`}>{t('filter.zone', { zone: readersZone() })}</span>
        <Button variant="default" size="xs" onClick={() => onChange({ status: filters.status })}>
          {t('filter.clear')}
        </Button>
        <Button type="submit" size="xs">
          {t('filter.apply')}
        </Button>
      </div>
    </form>
  );
}
