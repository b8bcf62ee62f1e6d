import type { i18n } from 'i18next';
import type { ReactNode } from 'react';
import { I18nextProvider } from 'react-i18next';
import { AnnouncerProvider } from '../components/announcer';
import { type Portal, PortalContext } from './portal';
import { ThemeProvider } from './theme/theme-provider';

interface ProvidersProps {
  readonly portal: Portal;
  readonly translation: i18n;
  readonly children: ReactNode;
}

/** What every screen may use. */
export function Providers({ portal, translation, children }: ProvidersProps) {
  return (
    <PortalContext value={portal}>
      <I18nextProvider i18n={translation}>
        <ThemeProvider>
          <AnnouncerProvider>{children}</AnnouncerProvider>
        </ThemeProvider>
      </I18nextProvider>
    </PortalContext>
  );
}
