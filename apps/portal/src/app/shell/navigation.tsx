import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import styles from '../../components/tab-links.module.css';
import shell from './shell.module.css';

const PAGES = [
  { to: '/$appId/endpoints', label: 'navigation.endpoints' },
  { to: '/$appId/messages', label: 'navigation.messages' },
  { to: '/$appId/event-types', label: 'navigation.eventTypes' },
  { to: '/$appId/verify', label: 'navigation.verify' },
  { to: '/$appId/access', label: 'navigation.access' },
] as const;

/** The ways to the pages of an application. */
export function Navigation({ appId }: { readonly appId: string }) {
  const { t } = useTranslation();
  return (
    <nav className={shell.navigation} aria-label={t('navigation.label')}>
      <div className={styles.tabs}>
        {PAGES.map(({ to, label }) => (
          <Link
            key={to}
            to={to}
            params={{ appId }}
            className={styles.tab}
            activeProps={{ 'aria-current': 'page' }}
          >
            {t(label)}
          </Link>
        ))}
      </div>
    </nav>
  );
}
