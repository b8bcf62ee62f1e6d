import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import styles from './shell.module.css';

interface ShellButtonProps {
  readonly icon: ReactNode;
  readonly label: string;
  readonly isBusy: boolean;
  readonly onClick: () => void;
}

/** An action of the bar. Where there is little room the icon stands for the label. */
export function ShellButton({ icon, label, isBusy, onClick }: ShellButtonProps) {
  return (
    <Button
      variant="subtle"
      size="xs"
      px="0.5rem"
      leftSection={icon}
      loading={isBusy}
      onClick={onClick}
      title={label}
      classNames={{ section: styles.buttonIcon ?? '' }}
    >
      <span className={styles.buttonLabel}>{label}</span>
    </Button>
  );
}
