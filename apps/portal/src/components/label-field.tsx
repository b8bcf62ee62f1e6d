import { ActionIcon, Button } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CloseIcon } from './icons';
import { TextInput } from './inputs';
import styles from './label-field.module.css';

interface LabelFieldProps {
  readonly label: string;
  readonly description: string;
  readonly values: readonly string[];
  readonly onChange: (values: readonly string[]) => void;
  /** What is wrong with a value; undefined when nothing is. */
  readonly check: (value: string) => string | undefined;
  readonly max: number;
}

/** A field for a few names: each is added with Enter, a comma or the button, and can be taken away. */
export function LabelField({ label, description, values, onChange, check, max }: LabelFieldProps) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const [error, setError] = useState<string>();
  const isFull = values.length >= max;

  const add = () => {
    const value = text.trim();
    const problem = value === '' ? undefined : check(value);
    setError(problem);
    if (value === '' || problem !== undefined) return;
    if (!values.includes(value)) onChange([...values, value]);
    setText('');
  };
  return (
    <div>
      <TextInput
        label={label}
        description={description}
        value={text}
        error={error}
        disabled={isFull}
        onChange={(event) => setText(event.currentTarget.value)}
        onBlur={add}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' && event.key !== ',') return;
          event.preventDefault();
          add();
        }}
        rightSectionWidth="auto"
        rightSection={
          text.trim() === '' ? null : (
            <Button variant="subtle" size="compact-xs" mr="0.375rem" onClick={add}>
              {t('action.add')}
            </Button>
          )
        }
      />
      {values.length === 0 ? null : (
        <ul className={styles.labels} aria-label={label}>
          {values.map((value) => (
            <li key={value} className={styles.label}>
              {value}
              <ActionIcon
                variant="subtle"
                size="sm"
                aria-label={t('action.removeThis', { what: value })}
                onClick={() => onChange(values.filter((other) => other !== value))}
              >
                <CloseIcon size={12} />
              </ActionIcon>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
