import type { Capability } from '@postrider/contract';
import { useTranslation } from 'react-i18next';
import { CheckIcon, MinusIcon } from '../../components/icons';
import page from '../../components/page.module.css';
import { may } from './may';
import styles from './permissions-card.module.css';

/** From what everybody needs to what few do. Transformations are not among them: there are none to be changed. */
const ORDER: readonly Capability[] = [
  'ViewBase',
  'CreateAttempts',
  'ManageEndpoint',
  'ViewEndpointSecret',
  'ManageEndpointSecret',
];

/** What the session may do, in words. */
export function PermissionsCard({ granted }: { readonly granted: readonly Capability[] }) {
  const { t } = useTranslation();
  const allowed = ORDER.filter((capability) => may(capability, granted)).length;
  return (
    <section className={page.card} aria-labelledby="permissions">
      <div className={page.cardHead}>
        <h2 id="permissions" className={page.cardTitle}>
          {t('home.permissions')}
        </h2>
        <span className={page.aside}>{t('home.permissionCount', { allowed, all: ORDER.length })}</span>
      </div>
      <ul>
        {ORDER.map((capability) => (
          <Permission key={capability} capability={capability} isAllowed={may(capability, granted)} />
        ))}
      </ul>
    </section>
  );
}

function Permission(props: { readonly capability: Capability; readonly isAllowed: boolean }) {
  const { t } = useTranslation();
  const { capability, isAllowed } = props;
  return (
    <li className={styles.permission} data-allowed={isAllowed || undefined}>
      <span className={styles.sign}>{isAllowed ? <CheckIcon size={18} /> : <MinusIcon size={18} />}</span>
      <span className={styles.name}>{t(`capability.${capability}.name`)}</span>
      <span className={styles.state}>{isAllowed ? t('home.allowed') : t('home.notAllowed')}</span>
      <span className={styles.text}>{t(`capability.${capability}.text`)}</span>
    </li>
  );
}
