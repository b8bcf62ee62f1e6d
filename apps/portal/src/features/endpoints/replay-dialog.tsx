import { Button } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { usePortal } from '../../app/portal';
import { Dialog, DialogActions } from '../../components/dialog';
import form from '../../components/form.module.css';
import { NativeSelect } from '../../components/inputs';
import { ProblemNote } from '../../components/problem-note';
import { formatInstant } from '../../lib/format';
import { type ReplayKind, useReplay } from './replay';
import { ReplayFilters, readReplayFilters } from './replay-filters';
import { ReplayProgress } from './replay-progress';
import { sinceOf, WINDOWS, type WindowName } from './windows';

interface ReplayDialogProps {
  readonly endpointId: string;
  readonly kind: ReplayKind;
  /** The message to begin with; undefined: the reader chooses a time. */
  readonly since?: string;
  readonly onClose: () => void;
}

/** Asks what shall be sent again, starts it, and shows how far it is. */
export function ReplayDialog({ endpointId, kind, since, onClose }: ReplayDialogProps) {
  const { t } = useTranslation();
  const replay = useReplay(endpointId);
  return (
    <Dialog title={t(`replayKind.${kind}.title`)} onClose={onClose}>
      {replay.data === undefined ? (
        <ReplayForm kind={kind} given={since} replay={replay} onClose={onClose} />
      ) : (
        <ReplayProgress taskId={replay.data.id} onClose={onClose} />
      )}
    </Dialog>
  );
}

interface ReplayFormProps {
  readonly kind: ReplayKind;
  readonly given: string | undefined;
  readonly replay: ReturnType<typeof useReplay>;
  readonly onClose: () => void;
}

function ReplayForm({ kind, given, replay, onClose }: ReplayFormProps) {
  const { t } = useTranslation();
  const { locale } = usePortal();
  const [opened] = useState(() => new Date());
  const [choice, setChoice] = useState<WindowName>('day');
  const since = given ?? sinceOf(choice, opened).toISOString();
  const exact = t('replay.since', { time: formatInstant(new Date(since), locale.tag) });

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const filters = kind === 'bulk' ? readReplayFilters(new FormData(event.currentTarget)) : {};
    replay.mutate({ kind, since, ...filters });
  };
  return (
    <form className={form.inDialog} onSubmit={submit}>
      <p>{t(`replayKind.${kind}.text`)}</p>
      {given === undefined ? (
        <NativeSelect
          label={t('replay.window')}
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
      {kind === 'bulk' ? <ReplayFilters /> : null}
      {replay.error === null ? null : <ProblemNote error={replay.error} />}
      <DialogActions>
        <Button variant="default" onClick={onClose}>
          {t('action.cancel')}
        </Button>
        <Button type="submit" loading={replay.isPending}>
          {t('replay.start')}
        </Button>
      </DialogActions>
    </form>
  );
}
