import type { MessageStatusText } from '@postrider/contract';
import { useTranslation } from 'react-i18next';
import { Pill, type Tone } from '../../components/pill';

const TONES: Record<MessageStatusText, Tone> = {
  success: 'success',
  pending: 'neutral',
  sending: 'warning',
  fail: 'danger',
  canceled: 'neutral',
};

/** How an attempt ended, or how far a delivery is. */
export function StatusPill({ status }: { readonly status: MessageStatusText }) {
  const { t } = useTranslation();
  return <Pill tone={TONES[status]}>{t(`status.${status}`)}</Pill>;
}
