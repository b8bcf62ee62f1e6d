import { type ReactNode, useEffect, useRef } from 'react';
import { useAnnounce } from './announcer';

interface ScreenHeadingProps {
  /** What the browser's tab says. */
  readonly documentTitle: string;
  readonly children: ReactNode;
  readonly className?: string | undefined;
}

/**
 * The one h1 of a screen. Coming up it takes the focus, so that keyboard and screen reader go on from the new screen
 * and not from a control that is gone. Inside a frame that the reader is not in, that would pull the focus out of the
 * page around us; there the screen is only announced.
 */
export function ScreenHeading({ documentTitle, children, className }: ScreenHeadingProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const announce = useAnnounce();

  useEffect(() => {
    document.title = documentTitle;
  }, [documentTitle]);

  useEffect(() => {
    const element = heading.current;
    if (element === null) return;
    if (document.hasFocus()) element.focus({ preventScroll: true });
    else announce(element.textContent);
  }, [announce]);

  return (
    <h1 ref={heading} tabIndex={-1} className={className}>
      {children}
    </h1>
  );
}
