import { useTranslation } from 'react-i18next';
import { useAnnounce } from '../../components/announcer';
import { ConfirmDialog } from '../../components/confirm-dialog';
import { useResend } from './queries';

interface ResendDialogProps {
  readonly messageId: string;
  readonly endpointId: string;
  readonly onClose: () => void;
}

/** Asks before a message is sent once more: the receiver may act on it twice. */
export function ResendDialog({ messageId, endpointId, onClose }: ResendDialogProps) {
  const { t } = useTranslation();
  const announce = useAnnounce();
  const resend = useResend();
  const confirm = () =>
    resend.mutate(
      { messageId, endpointId },
      {
        onSuccess: () => {
          announce(t('attempts.resent'));
          onClose();
        },
      },
    );
  return (
    <ConfirmDialog
      title={t('attempts.resendTitle')}
      text={t('attempts.resendText')}
      confirm={t('attempts.resend')}
      isBusy={resend.isPending}
      error={resend.error}
      onConfirm={confirm}
      onClose={onClose}
    />
  );
}
