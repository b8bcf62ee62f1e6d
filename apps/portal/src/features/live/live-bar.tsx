import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { usePortal } from '../../app/portal';
import { formatNumber } from '../../lib/format';
import { MOST_WAITING } from './list';
import styles from './live-bar.module.css';
import type { LiveState } from './use-live';

interface LiveBarProps {
  readonly live: {
    readonly state: LiveState;
    readonly waiting: readonly unknown[];
    readonly pause: () => void;
    readonly resume: () => void;
    readonly show: () => void;
  };
}

/** How a list is followed, a switch for it, and what waits to be shown. It keeps its height whatever it says. */
export function LiveBar({ live }: LiveBarProps) {
  const { t } = useTranslation();
  const { state, waiting } = live;
  if (state === 'off') return null;
  const isPaused = state === 'paused';
  return (
    <fieldset className={styles.bar} aria-label={t('live.label')}>
      <span className={styles.state} data-state={state}>
        <span className={styles.dot} />
        {/* What went wrong is said; that all is well is not, since it would be said at every page. */}
        <span role={state === 'broken' ? 'status' : undefined}>{t(`live.${state}`)}</span>
      </span>
      <Button variant="default" size="compact-xs" onClick={isPaused ? live.resume : live.pause}>
        {isPaused ? t('live.resume') : t('live.pause')}
      </Button>
      {waiting.length === 0 ? null : <WaitingButton count={waiting.length} onClick={live.show} />}
    </fieldset>
  );
}

function WaitingButton({ count, onClick }: { readonly count: number; readonly onClick: () => void }) {
  const { t } = useTranslation();
  const { locale } = usePortal();
  const number = formatNumber(count, locale.tag);
  return (
    <Button size="compact-xs" className={styles.waiting} onClick={onClick}>
      {count < MOST_WAITING ? t('live.show', { number }) : t('live.showMany', { number })}
    </Button>
  );
}
