import { Loader } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { CodeBlock } from '../../components/code-block';
import { Note } from '../../components/note';
import page from '../../components/page.module.css';
import { ProblemNote } from '../../components/problem-note';
import { query } from '../../lib/api';
import { Answer } from '../attempts/attempt-table';
import { useOpenSession } from '../session/session-scope';

interface TestResultProps {
  readonly endpointId: string;
  readonly messageId: string;
}

const POLL_MILLISECONDS = 1000;

/** What comes of an example that was just sent; looks again until the attempt is there. */
export function TestResult({ endpointId, messageId }: TestResultProps) {
  const { t } = useTranslation();
  const { api, session } = useOpenSession();
  const args = {
    params: { app_id: session.appId, msg_id: messageId },
    query: { endpoint_id: endpointId, expanded_statuses: true, limit: 1 },
  };
  const attempts = useQuery({
    ...query('testAttempt', api.messageAttempt.listByMsg, args),
    refetchInterval: ({ state }) =>
      state.error !== null || (state.data?.data.length ?? 0) > 0 ? false : POLL_MILLISECONDS,
  });
  const attempt = attempts.data?.data[0];
  if (attempts.error !== null) return <ProblemNote error={attempts.error} />;
  const message = (
    <Link to="/$appId/messages/$messageId" params={{ appId: session.appId, messageId }} className={page.link}>
      {t('testing.toMessage')}
    </Link>
  );
  if (attempt === undefined) {
    return (
      <Note title={t('testing.waiting')} isAnswer action={message}>
        <Loader size="xs" type="dots" />
      </Note>
    );
  }
  const isDelivered = attempt.status === 0;
  return (
    <>
      <Note
        tone={isDelivered ? 'success' : 'danger'}
        title={isDelivered ? t('testing.delivered') : t('testing.failed')}
        isAnswer
        action={message}
      >
        <Answer attempt={attempt} />
      </Note>
      {attempt.response === '' ? null : <CodeBlock text={attempt.response} label={t('message.answerBody')} />}
    </>
  );
}
