import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Screen } from './screen';

interface ProblemScreenProps {
  readonly retry: () => void;
  readonly isRetrying?: boolean;
}

/** Something did not work and may work the next time. */
export function ProblemScreen({ retry, isRetrying = false }: ProblemScreenProps) {
  const { t } = useTranslation();
  return (
    <Screen
      kind="problem"
      action={
        <Button onClick={retry} loading={isRetrying}>
          {t('problem.retry')}
        </Button>
      }
    />
  );
}
