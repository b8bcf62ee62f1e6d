import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { ChevronLeftIcon, ChevronRightIcon } from './icons';
import styles from './table.module.css';

interface PageOfList {
  readonly iterator: string | null;
  readonly prevIterator?: string | null | undefined;
  readonly done: boolean;
}

interface PagerProps {
  readonly page: PageOfList;
  /** The iterator that this page was asked for with. */
  readonly iterator: string | undefined;
  readonly onTurn: (iterator: string | undefined) => void;
}

/** Where the neighbouring pages are; undefined where there are none. With `-` a list is walked back. */
export function neighbours({ iterator: next, prevIterator, done }: PageOfList, asked: string | undefined) {
  const isBack = asked?.startsWith('-') ?? false;
  return {
    newer: asked === undefined || (isBack && done) ? undefined : (prevIterator ?? undefined),
    older: !isBack && done ? undefined : (next ?? undefined),
  };
}

/** Turns the pages of a list. Takes no room where there is one page only. */
export function Pager({ page, iterator, onTurn }: PagerProps) {
  const { newer, older } = neighbours(page, iterator);
  return (
    <PagerButtons
      onNewer={newer === undefined ? undefined : () => onTurn(newer)}
      onOlder={older === undefined ? undefined : () => onTurn(older)}
    />
  );
}

interface PagerButtonsProps {
  /** Undefined where there is nothing. */
  readonly onNewer: (() => void) | undefined;
  readonly onOlder: (() => void) | undefined;
}

export function PagerButtons({ onNewer, onOlder }: PagerButtonsProps) {
  const { t } = useTranslation();
  if (onNewer === undefined && onOlder === undefined) return null;
  return (
    <nav className={styles.pager} aria-label={t('list.pages')}>
      <Button
        variant="default"
        size="xs"
        leftSection={<ChevronLeftIcon size={14} />}
        disabled={onNewer === undefined}
        onClick={onNewer}
      >
        {t('list.previous')}
      </Button>
      <Button
        variant="default"
        size="xs"
        rightSection={<ChevronRightIcon size={14} />}
        disabled={onOlder === undefined}
        onClick={onOlder}
      >
        {t('list.next')}
      </Button>
    </nav>
  );
}
