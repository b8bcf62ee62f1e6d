import { ActionIcon } from '@mantine/core';
import { useEffect, useState } from 'react';
import { copyText } from '../lib/clipboard';
import { useAnnounce } from './announcer';
import { CheckIcon, CopyIcon } from './icons';

interface CopyButtonProps {
  readonly text: string;
  /** What will be copied. */
  readonly label: string;
  /** Said once it is copied. */
  readonly doneLabel: string;
}

const SHOW_DONE_MILLISECONDS = 2000;

/** Copies a text and says so. */
export function CopyButton({ text, label, doneLabel }: CopyButtonProps) {
  const [isDone, setIsDone] = useState(false);
  const announce = useAnnounce();

  useEffect(() => {
    if (!isDone) return undefined;
    const timer = setTimeout(() => {
      setIsDone(false);
      announce('');
    }, SHOW_DONE_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [isDone, announce]);

  const copy = async () => {
    if (!(await copyText(text))) return;
    setIsDone(true);
    announce(doneLabel);
  };
  return (
    <ActionIcon variant="subtle" size="md" onClick={() => void copy()} aria-label={label} title={label}>
      {isDone ? <CheckIcon size={16} /> : <CopyIcon size={16} />}
    </ActionIcon>
  );
}
