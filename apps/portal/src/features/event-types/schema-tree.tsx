import { useTranslation } from 'react-i18next';
import { Labels } from '../../components/facts';
import type { SchemaField } from './schema';
import styles from './schema-tree.module.css';

/** What a payload holds, property by property; nested ones can be opened. */
export function SchemaTree({ fields }: { readonly fields: readonly SchemaField[] }) {
  return (
    <ul className={styles.tree}>
      {fields.map((field) => (
        <Field key={field.name} field={field} />
      ))}
    </ul>
  );
}

function Field({ field }: { readonly field: SchemaField }) {
  const { t } = useTranslation();
  return (
    <li className={styles.field}>
      <div className={styles.head}>
        <span className={styles.name}>{field.name}</span>
        <span className={styles.type}>{field.type}</span>
        {field.isRequired ? <span className={styles.required}>{t('catalog.required')}</span> : null}
      </div>
      {field.description === undefined ? null : <p className={styles.text}>{field.description}</p>}
      {field.values.length === 0 ? null : <Labels names={field.values} />}
      {field.children.length === 0 ? null : (
        <details className={styles.below} open>
          <summary>{t('catalog.properties', { name: field.name })}</summary>
          <div className={styles.children}>
            <SchemaTree fields={field.children} />
          </div>
        </details>
      )}
    </li>
  );
}
