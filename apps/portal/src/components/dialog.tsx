import { type ReactNode, useEffect, useId, useLayoutEffect, useRef } from 'react';
import { usePortal } from '../app/portal';
import styles from './dialog.module.css';

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

const MARGIN_PIXELS = 16;
/** How far above the pressed control a dialog begins inside a frame. */
const LIFT_PIXELS = 80;

/**
 * Inside a frame the visible part is not known: the frame may be as tall as all of its content. So the dialog stands
 * where the reader just pressed something, and the page is made tall enough for it.
 */
function placeInFrame(dialog: HTMLDialogElement, pressedAt: number): () => void {
  const root = document.getElementById('root');
  const place = () => {
    const height = dialog.offsetHeight;
    if (root !== null) root.style.minHeight = `${height + 2 * MARGIN_PIXELS}px`;
    const lowest = Math.max(window.innerHeight, height) - height - MARGIN_PIXELS;
    const top = Math.max(MARGIN_PIXELS, Math.min(pressedAt - LIFT_PIXELS, lowest));
    dialog.style.margin = `${top}px auto ${MARGIN_PIXELS}px`;
  };
  const observer = new ResizeObserver(place);
  observer.observe(dialog);
  place();
  return () => {
    observer.disconnect();
    root?.style.removeProperty('min-height');
  };
}

/** What was pressed to get here. An item of a menu is gone with its menu; the button that opened that stays. */
function findOpener(): HTMLElement | null {
  const { activeElement } = document;
  const menu = activeElement?.closest('[role=menu]')?.getAttribute('aria-labelledby');
  if (menu) return document.getElementById(menu);
  return activeElement instanceof HTMLElement ? activeElement : null;
}

/** The browser's own modal dialog: it keeps the focus, gives it back at the end, and closes with Escape. */
export function Dialog({ title, onClose, children }: DialogProps) {
  const { isFramed } = usePortal();
  const element = useRef<HTMLDialogElement>(null);
  const close = useRef(onClose);
  const id = useId();

  useEffect(() => {
    close.current = onClose;
  }, [onClose]);

  // A layout effect, since it must close before it is taken out of the page: only then can it give the focus back.
  useLayoutEffect(() => {
    const dialog = element.current;
    if (dialog === null) return undefined;
    const opener = findOpener();
    dialog.showModal();
    const leave = isFramed ? placeInFrame(dialog, opener?.getBoundingClientRect().top ?? 0) : undefined;
    const onCancel = (event: Event) => {
      event.preventDefault();
      close.current();
    };
    const onPress = (event: PointerEvent) => {
      if (event.target === dialog) close.current();
    };
    dialog.addEventListener('cancel', onCancel);
    dialog.addEventListener('pointerdown', onPress);
    return () => {
      dialog.removeEventListener('cancel', onCancel);
      dialog.removeEventListener('pointerdown', onPress);
      leave?.();
      dialog.close();
      opener?.focus({ preventScroll: true });
    };
  }, [isFramed]);

  return (
    <dialog ref={element} className={styles.dialog} aria-labelledby={id}>
      <div className={styles.inside}>
        <h2 id={id} className={styles.title}>
          {title}
        </h2>
        <div className={styles.body}>{children}</div>
      </div>
    </dialog>
  );
}

/** The buttons at the foot of a dialog. */
export function DialogActions({ children }: { readonly children: ReactNode }) {
  return <div className={styles.actions}>{children}</div>;
}
