import { useTranslation } from 'react-i18next';
import page from '../components/page.module.css';
import { ScreenHeading } from '../components/screen-heading';
import { PermissionsCard } from '../features/access/permissions-card';
import { SessionCard } from '../features/access/session-card';
import { useApplication } from '../features/application/queries';
import { useWhoami } from '../features/session/queries';
import { useOpenSession } from '../features/session/session-scope';

/** What the session may do, and for how long. */
export function AccessPage() {
  const { t } = useTranslation();
  const { session } = useOpenSession();
  const { data: application } = useApplication();
  const { data: whoami, isError } = useWhoami();
  const title = t('home.title');
  return (
    <>
      <ScreenHeading
        documentTitle={t('portal.documentTitle', { screen: title, portal: t('portal.title') })}
        className={page.title}
      >
        {title}
      </ScreenHeading>
      <p className={page.lead}>{t('home.lead')}</p>
      <div className={page.columns}>
        <PermissionsCard granted={whoami?.capabilities ?? session.capabilities} />
        <SessionCard application={application} whoami={whoami ?? (isError ? null : undefined)} />
      </div>
    </>
  );
}
