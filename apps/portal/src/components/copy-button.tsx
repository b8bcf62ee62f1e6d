import '@mantine/core/styles/Popover.css';
import { ActionIcon, Popover } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { copyText } from '../lib/clipboard';
import { useAnnounce } from './announcer';
import { CheckIcon, CloseIcon, CopyIcon } from './icons';

interface CopyButtonProps {
  readonly text: string;
  /** What will be copied. */
  readonly label: string;
  /** Said once it is copied. */
  readonly doneLabel: string;
}

type Outcome = 'done' | 'failed';

/** How long it shows. What went wrong takes longer to read. */
const SHOWN_MILLISECONDS: Record<Outcome, number> = { done: 2000, failed: 8000 };
const ICONS = { done: CheckIcon, failed: CloseIcon, none: CopyIcon };

/** Copies a text and says so, or that the browser does not allow it, as in a frame without `clipboard-write`. */
export function CopyButton({ text, label, doneLabel }: CopyButtonProps) {
  const { t } = useTranslation();
  const [outcome, setOutcome] = useState<Outcome>();
  const announce = useAnnounce();

  useEffect(() => {
    if (outcome === undefined) return undefined;
    const timer = setTimeout(() => {
      setOutcome(undefined);
      announce('');
    }, SHOWN_MILLISECONDS[outcome]);
    return () => clearTimeout(timer);
  }, [outcome, announce]);

  const copy = async () => {
    const isCopied = await copyText(text);
    setOutcome(isCopied ? 'done' : 'failed');
    announce(isCopied ? doneLabel : t('portal.notCopied'));
  };
  const Icon = ICONS[outcome ?? 'none'];
  return (
    <Popover
      opened={outcome === 'failed'}
      onDismiss={() => setOutcome(undefined)}
      withRoles={false}
      width={240}
      shadow="md"
    >
      <Popover.Target>
        <ActionIcon variant="subtle" size="md" onClick={() => void copy()} aria-label={label} title={label}>
          <Icon size={16} />
        </ActionIcon>
      </Popover.Target>
      {/* Announced already. */}
      <Popover.Dropdown aria-hidden>{t('portal.notCopied')}</Popover.Dropdown>
    </Popover>
  );
}
