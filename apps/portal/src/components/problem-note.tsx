import { Button } from '@mantine/core';
import { ApiError } from '@postrider/client';
import { useTranslation } from 'react-i18next';
import { hasStatus } from '../lib/api';
import { Note } from './note';

interface ProblemNoteProps {
  readonly error: unknown;
  readonly retry?: (() => void) | undefined;
}

/** What the server says is wrong, in its own words. */
function saidBy(error: unknown): string | undefined {
  if (!(error instanceof ApiError) || error.status >= 500 || error.status < 400) return undefined;
  if (typeof error.detail === 'string') return error.detail;
  return error.detail.map(({ loc, msg }) => `${loc.at(-1) ?? ''}: ${msg}`).join('; ');
}

/** Something did not work, and what to do about it. */
export function ProblemNote({ error, retry }: ProblemNoteProps) {
  const { t } = useTranslation();
  const title = hasStatus(error, 403)
    ? t('failure.notAllowed')
    : hasStatus(error, 404)
      ? t('failure.missing')
      : hasStatus(error, 429)
        ? t('failure.tooMany')
        : error instanceof ApiError && error.status < 500
          ? t('failure.refused')
          : t('failure.unreachable');
  const detail = hasStatus(error, 404) ? undefined : saidBy(error);
  return (
    <Note
      tone="danger"
      isAnswer
      title={title}
      action={
        retry === undefined ? undefined : (
          <Button variant="default" size="xs" onClick={retry}>
            {t('problem.retry')}
          </Button>
        )
      }
    >
      {detail}
    </Note>
  );
}
