import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Screen } from '../app/screen';
import { useOpenSession } from '../features/session/session-scope';

/** Stands at the address of a page that the session may not use: nobody was led here, a link or a bookmark was. */
export function NotAllowedPage() {
  const { t } = useTranslation();
  const { session } = useOpenSession();
  return (
    <Screen
      kind="notAllowed"
      action={
        <Button
          variant="default"
          renderRoot={(props) => <Link to="/$appId/access" params={{ appId: session.appId }} {...props} />}
        >
          {t('navigation.access')}
        </Button>
      }
    />
  );
}
