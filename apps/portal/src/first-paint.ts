/**
 * Runs as a classic script in the head, before anything is drawn: marks the document with the colour scheme, so that
 * the first paint has the right background. vite.config.ts bundles it on its own.
 */
import { isFramed } from './app/frame';
import { loadParameters } from './app/parameters';
import { parseChoice, resolveScheme, SCHEME_KEY } from './app/theme/scheme';
import { openStore } from './lib/storage';

const scheme = resolveScheme({
  parameter: loadParameters(
    window.location,
    openStore(() => window.sessionStorage),
  ).darkMode,
  chosen: parseChoice(openStore(() => window.localStorage).read(SCHEME_KEY)),
  isFramed: isFramed(window),
  deviceIsDark: window.matchMedia('(prefers-color-scheme: dark)').matches,
});
document.documentElement.setAttribute('data-mantine-color-scheme', scheme);
document.documentElement.toggleAttribute('data-framed', isFramed(window));
