import { createContext, type ReactNode, useContext, useState } from 'react';
import styles from './announcer.module.css';

const AnnounceContext = createContext<(text: string) => void>(() => undefined);

/** Says a text to screen readers when they have a moment. */
export const useAnnounce = (): ((text: string) => void) => useContext(AnnounceContext);

/** Holds the one live region. It must be there before the text is: readers ignore regions that come with their text. */
export function AnnouncerProvider({ children }: { readonly children: ReactNode }) {
  const [text, setText] = useState('');
  return (
    <AnnounceContext value={setText}>
      {children}
      <div role="status" aria-live="polite" className={styles.hidden}>
        {text}
      </div>
    </AnnounceContext>
  );
}
