import { existsSync } from 'node:fs';
import { type Browser, chromium, type LaunchOptions } from 'playwright-core';

const EXECUTABLE = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';

export const LAUNCH: LaunchOptions = {
  executablePath: EXECUTABLE,
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
};

/** True where the walks cannot be made. In CI they must be: there a missing browser is a failure, not a reason. */
export const isBrowserMissing = (() => {
  if (existsSync(EXECUTABLE)) return false;
  if (process.env.CI === 'true') throw new Error(`no Chromium at ${EXECUTABLE}; set CHROMIUM_PATH`);
  console.warn(`Skipped: no Chromium at ${EXECUTABLE}. Set CHROMIUM_PATH to walk through the portal.`);
  return true;
})();

export const launchBrowser = (): Promise<Browser> => chromium.launch(LAUNCH);
