import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { CopyButton } from './copy-button';
import styles from './facts.module.css';
import page from './page.module.css';
import { Label } from './pill';

/** One thing that is known: a term and its value, inside of a `dl`. */
export function Fact({ term, children }: { readonly term: string; readonly children: ReactNode }) {
  return (
    <div className={styles.fact}>
      <dt className={styles.term}>{term}</dt>
      <dd className={styles.value}>{children}</dd>
    </div>
  );
}

/** Names side by side. */
export function Labels({ names }: { readonly names: readonly string[] }) {
  return (
    <div className={styles.labels}>
      {names.map((name) => (
        <Label key={name}>{name}</Label>
      ))}
    </div>
  );
}

/** An id that can be copied. */
export function CopyableId({ id, label }: { readonly id: string; readonly label: string }) {
  const { t } = useTranslation();
  return (
    <span className={styles.id}>
      <code className={page.mono}>{id}</code>
      <CopyButton text={id} label={label} doneLabel={t('portal.copied')} />
    </span>
  );
}
