import { Link, useLocation } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import styles from '../../components/tab-links.module.css';
import shell from './shell.module.css';

const PAGES = [
  { to: '/$appId/endpoints', label: 'navigation.endpoints' },
  { to: '/$appId/messages', label: 'navigation.messages' },
  { to: '/$appId/activity', label: 'navigation.activity' },
  { to: '/$appId/event-types', label: 'navigation.eventTypes' },
  { to: '/$appId/verify', label: 'navigation.verify' },
  { to: '/$appId/access', label: 'navigation.access' },
] as const;

/** The ways to the pages of an application. */
export function Navigation({ appId }: { readonly appId: string }) {
  const { t } = useTranslation();
  const pathname = useLocation({ select: (location) => location.pathname });
  const row = useRef<HTMLDivElement>(null);

  // On a phone the row scrolls. `scrollIntoView` would scroll the page around a frame, too.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page has another current link
  useEffect(() => {
    const current = row.current?.querySelector<HTMLElement>('[aria-current=page]');
    if (row.current === null || !current) return;
    row.current.scrollLeft = current.offsetLeft - (row.current.clientWidth - current.offsetWidth) / 2;
  }, [pathname]);
  return (
    <nav className={shell.navigation} aria-label={t('navigation.label')}>
      <div ref={row} className={styles.tabs}>
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
