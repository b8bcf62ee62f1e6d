import './lib/no-eval';

import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { isFramed, reportHeight } from './app/frame';
import { chooseLocale } from './app/locale';
import { landingPath } from './app/next';
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

/**
 * Begins what a link needs before anything is drawn: the login, which goes on from here however often it is asked for,
 * and the scripts of the page that the link leads to.
 */
function begin({ inbox, login, parameters }: Portal): void {
  const link = inbox.get();
  if (link.kind !== 'code' && link.kind !== 'token') return;
  void login.enter(link);
  const { pathname } = new URL(landingPath(link.appId, parameters.next), window.location.origin);
  // What fails here fails again, and is shown, when the page is opened.
  for (const to of ['/login', pathname]) router.preloadRoute({ to }).catch(() => undefined);
}

async function start(root: HTMLElement): Promise<void> {
  const portal = openPortal();
  begin(portal);
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
