import { Button } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { usePortal } from '../../app/portal';
import { Dialog, DialogActions } from '../../components/dialog';
import { NativeSelect } from '../../components/inputs';
import { Note } from '../../components/note';
import { ProblemNote } from '../../components/problem-note';
import { useChange } from '../../lib/change';
import { formatInstant } from '../../lib/format';
import { useOpenSession } from '../session/session-scope';
import { useEndpointParams } from './queries';
import { sinceOf, WINDOWS, type WindowName } from './windows';

interface RecoverDialogProps {
  readonly endpointId: string;
  /** The message to begin with; undefined: the reader chooses a time. */
  readonly since?: string;
  readonly onClose: () => void;
}

/** Sends everything again that failed since a time. */
export function RecoverDialog({ endpointId, since: given, onClose }: RecoverDialogProps) {
  const { t } = useTranslation();
  const { locale } = usePortal();
  const { api } = useOpenSession();
  const [opened] = useState(() => new Date());
  const [choice, setChoice] = useState<WindowName>('day');
  const since = given ?? sinceOf(choice, opened).toISOString();
  const params = useEndpointParams(endpointId);
  const recover = useChange(
    (body: { since: string }) => api.endpoint.recover({ params, body, headers: {} }),
    undefined,
    { startsWork: true },
  );
  const exact = t('recover.since', { time: formatInstant(new Date(since), locale.tag) });

  if (recover.isSuccess) {
    return (
      <Dialog title={t('recover.title')} onClose={onClose}>
        <Note tone="success" title={t('recover.startedTitle')} isAnswer>
          {t('recover.startedText')}
        </Note>
        <DialogActions>
          <Button onClick={onClose}>{t('action.close')}</Button>
        </DialogActions>
      </Dialog>
    );
  }
  return (
    <Dialog title={t('recover.title')} onClose={onClose}>
      <p>{t('recover.text')}</p>
      {given === undefined ? (
        <NativeSelect
          label={t('recover.window')}
          description={exact}
          value={choice}
          data={WINDOWS.map((value) => ({ value, label: t(`window.${value}`) }))}
          onChange={(event) =>
            setChoice(WINDOWS.find((value) => value === event.currentTarget.value) ?? 'day')
          }
        />
      ) : (
        <p>{exact}</p>
      )}
      {recover.error === null ? null : <ProblemNote error={recover.error} />}
      <DialogActions>
        <Button variant="default" onClick={onClose}>
          {t('action.cancel')}
        </Button>
        <Button loading={recover.isPending} onClick={() => recover.mutate({ since })}>
          {t('recover.start')}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
