import { Button } from '@mantine/core';
import { Link, useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Screen } from '../app/screen';

/** An address inside an application that names no page. */
export function NotFoundPage() {
  const { t } = useTranslation();
  const { appId } = useParams({ from: '/$appId' });
  return (
    <Screen
      kind="notFound"
      action={
        <Button variant="default" renderRoot={(props) => <Link to="/$appId" params={{ appId }} {...props} />}>
          {t('notFound.home')}
        </Button>
      }
    />
  );
}
