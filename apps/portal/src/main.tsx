import './lib/no-eval';

import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { isFramed, reportHeight } from './app/frame';
import { chooseLocale } from './app/locale';
import { keepParameters, loadParameters } from './app/parameters';
import type { Portal } from './app/portal';
import { Providers } from './app/providers';
import { router } from './app/router';
import { createSessions } from './app/session';
import { createTranslation } from './app/translation';
import { openLinkInbox } from './features/login/link-inbox';
import { createLogin } from './features/login/login';
import { openStore } from './lib/storage';

const loadLoginApi = async () => (await import('./features/login/login-api')).loginApi;

/** Reads what the page was opened with. The order counts: the inbox takes the link out of the address for good. */
function openPortal(): Portal {
  const tab = openStore(() => window.sessionStorage);
  const parameters = loadParameters(window.location, tab);
  keepParameters(window.location, tab);
  const inbox = openLinkInbox(window);
  const sessions = createSessions(tab);
  return {
    parameters,
    locale: chooseLocale(parameters.locale, navigator.languages),
    isFramed: isFramed(window),
    sessions,
    inbox,
    login: createLogin(sessions, loadLoginApi),
    preferences: openStore(() => window.localStorage),
  };
}

async function start(root: HTMLElement): Promise<void> {
  const portal = openPortal();
  document.documentElement.lang = portal.locale.language;
  const translation = await createTranslation(portal.locale);
  if (portal.isFramed) reportHeight(window, root);
  createRoot(root).render(
    <StrictMode>
      <Providers portal={portal} translation={translation}>
        <RouterProvider router={router} />
      </Providers>
    </StrictMode>,
  );
}

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
void start(root);
