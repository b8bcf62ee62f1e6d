import { useState } from 'react';
import { EnvelopeIcon } from '../../components/icons';
import styles from './shell.module.css';

/** The operator's icon, or ours where there is none or it does not load. The name stands beside it. */
export function Mark({ icon }: { readonly icon: string | undefined }) {
  const [hasFailed, setHasFailed] = useState(false);
  if (icon === undefined || hasFailed) {
    return (
      <span className={styles.mark}>
        <EnvelopeIcon size={18} />
      </span>
    );
  }
  return (
    <img
      src={icon}
      alt=""
      className={styles.icon}
      referrerPolicy="no-referrer"
      onError={() => setHasFailed(true)}
    />
  );
}
