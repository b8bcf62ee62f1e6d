import { Button, Loader } from '@mantine/core';
import type { BackgroundTaskOut } from '@postrider/contract';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { usePortal } from '../../app/portal';
import { DialogActions } from '../../components/dialog';
import { Note } from '../../components/note';
import { ProblemNote } from '../../components/problem-note';
import { query } from '../../lib/api';
import { formatNumber } from '../../lib/format';
import { useOpenSession } from '../session/session-scope';

interface ReplayProgressProps {
  readonly taskId: string;
  readonly onClose: () => void;
}

const POLL_MILLISECONDS = 1000;

/** How far a replay is, until it has ended. It goes on when nobody looks. */
export function ReplayProgress({ taskId, onClose }: ReplayProgressProps) {
  const { t } = useTranslation();
  const { api } = useOpenSession();
  const queryClient = useQueryClient();
  const task = useQuery({
    ...query('backgroundTask', api.backgroundTask.get, { params: { task_id: taskId } }),
    refetchInterval: ({ state }) =>
      state.error === null && (state.data?.status ?? 'running') === 'running' ? POLL_MILLISECONDS : false,
  });
  const status = task.data?.status;

  // The attempts of a replay that has ended belong on the page below.
  useEffect(() => {
    if (status !== undefined && status !== 'running') void queryClient.invalidateQueries();
  }, [status, queryClient]);

  return (
    <>
      {task.error === null ? <State task={task.data} /> : <ProblemNote error={task.error} />}
      <DialogActions>
        <Button onClick={onClose}>{t('action.close')}</Button>
      </DialogActions>
    </>
  );
}

function State({ task }: { readonly task: BackgroundTaskOut | undefined }) {
  const { t } = useTranslation();
  const { locale } = usePortal();
  const sent = typeof task?.data.messagesSent === 'number' ? task.data.messagesSent : 0;
  const number = formatNumber(sent, locale.tag);
  if (task?.status === 'finished') {
    return (
      <Note tone="success" title={t('replay.finished')} isAnswer>
        {t('replay.finishedText', { number })}
      </Note>
    );
  }
  if (task?.status === 'failed') {
    return (
      <Note tone="danger" title={t('replay.failed')} isAnswer>
        {t('replay.failedText', { number })}
      </Note>
    );
  }
  return (
    <Note title={t('replay.running')}>
      <p>{t('replay.runningText', { number })}</p>
      <Loader size="xs" type="dots" />
    </Note>
  );
}
