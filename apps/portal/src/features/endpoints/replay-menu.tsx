import { Button } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ChevronDownIcon, ReplayIcon } from '../../components/icons';
import { Menu } from '../../components/menu';
import { REPLAY_KINDS, type ReplayKind } from './replay';
import { ReplayDialog } from './replay-dialog';

interface ReplayMenuProps {
  readonly endpointId: string;
  /** A disabled endpoint receives nothing, this neither. */
  readonly isDisabled: boolean;
}

/** The ways to send an endpoint many messages again. */
export function ReplayMenu({ endpointId, isDisabled }: ReplayMenuProps) {
  const { t } = useTranslation();
  const [open, setOpen] = useState<ReplayKind>();
  return (
    <>
      <Menu>
        <Menu.Target>
          <Button
            variant="default"
            leftSection={<ReplayIcon size={16} />}
            rightSection={<ChevronDownIcon size={14} />}
            disabled={isDisabled}
          >
            {t('replay.action')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {REPLAY_KINDS.map((kind) => (
            <Menu.Item key={kind} onClick={() => setOpen(kind)}>
              {t(`replayKind.${kind}.action`)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {open === undefined ? null : (
        <ReplayDialog endpointId={endpointId} kind={open} onClose={() => setOpen(undefined)} />
      )}
    </>
  );
}
