import type { ApplicationOut } from '@postrider/contract';
import type { Browser, BrowserContextOptions, Frame, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject } from 'vitest';
import { launchBrowser } from './browser';
import { startServer, type TestServer } from './server';

/** What the walks of one file share: a server with one application, and a browser. */
export interface Setting {
  readonly server: TestServer;
  readonly browser: Browser;
  readonly application: ApplicationOut;
}

/** Sets up before the tests of the file and clears away after them; call the function it returns inside of tests. */
export function useSetting(): () => Setting {
  let server: TestServer | undefined;
  let browser: Browser | undefined;
  let application: ApplicationOut | undefined;
  beforeAll(async () => {
    [server, browser] = await Promise.all([startServer(inject('template')), launchBrowser()]);
    application = await server.createApplication();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });
  return () => {
    if (!server || !browser || !application) throw new Error('the setting is there in tests only');
    return { server, browser, application };
  };
}

/**
 * Walks in a browser that has never been here. Fails on whatever the portal complains about in the console: a mistake
 * of ours, or something that the content security policy forbids.
 */
export async function withPage(
  { browser, server }: Setting,
  walk: (page: Page, complaints: string[]) => Promise<void>,
  options: BrowserContextOptions = {},
): Promise<void> {
  const context = await browser.newContext({ locale: 'en-GB', ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    const isOurs = message.location().url.startsWith(server.url);
    // The browser itself logs a 401, also where it is meant to be.
    if (isOurs && !/status of 401/.test(message.text())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  try {
    await walk(page, complaints);
    expect(complaints).toEqual([]);
  } finally {
    await context.close();
  }
}

/** Waits for the screen with this heading. */
export const screen = (page: Page | Frame, name: string): Promise<void> =>
  page.getByRole('heading', { level: 1, name }).waitFor();

/** Waits for the first page of an application. */
export const home = (page: Page | Frame): Promise<void> => screen(page, 'Endpoints');

/** The link, leading to a page of the application: `/access`. */
export const linkTo = (link: string, next: string): string =>
  link.replace('/login', `/login?next=${encodeURIComponent(next)}`);
