import type { ApplicationOut } from '@postrider/contract';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { isBrowserMissing } from './browser';
import { inspect, useTabs } from './inspect';
import type { TestServer } from './server';
import { useSetting } from './walk';

/** German has the longer words; that the colours hold is seen in English. */
const LOOKS = [
  { language: 'en', scheme: 'light' },
  { language: 'en', scheme: 'dark' },
  { language: 'de', scheme: 'light' },
] as const;

interface Visit {
  readonly server: TestServer;
  readonly application: ApplicationOut;
  readonly page: Page;
  /** The link's query, to be put before its hash. */
  readonly query: string;
}

const withQuery = (url: string, query: string) => url.replace('/login', `/login?${query}`);

async function openHome({ server, application, page, query }: Visit): Promise<void> {
  await page.goto(withQuery(await server.link(application), `${query}&next=/access`));
  await page.locator('time').waitFor();
}

/** How to get to each screen that a customer can see. */
const SCREENS: Record<string, (setting: Visit) => Promise<void>> = {
  home: openHome,
  'home-view-only': async ({ server, application, page, query }) => {
    const link = await server.link(application, { capabilities: ['ViewBase'], expiry: 3600 });
    await page.goto(withQuery(link, `${query}&next=/access`));
    await page.locator('time').waitFor();
  },
  'home-branded': async (visit) => {
    const query = `${visit.query}&primaryColor=ffd43b&fontFamily=Georgia`;
    await openHome({ ...visit, query });
  },
  opening: async ({ server, application, page, query }) => {
    // The exchange gets no answer: the screen before it stays.
    await page.route('**/one-time-token/**', () => undefined);
    const exchange = page.waitForRequest('**/one-time-token/**');
    await page.goto(withQuery(await server.link(application), query));
    await exchange;
  },
  'link-used': async ({ server, application, page, query }) => {
    const key = Buffer.from(JSON.stringify({ appId: application.id, oneTimeToken: 'spent' })).toString(
      'base64',
    );
    await page.goto(`${server.url}/login?${query}#key=${key}`);
    await page.locator('h1').waitFor();
  },
  'link-incomplete': async ({ server, page, query }) => {
    await page.goto(`${server.url}/login?${query}#key=eyJ`);
    await page.locator('h1').waitFor();
  },
  'no-link': async ({ server, page, query }) => {
    await page.goto(`${server.url}/login?${query}`);
    await page.locator('h1').waitFor();
  },
  'logged-out': async (visit) => {
    await openHome(visit);
    await visit.page.getByRole('banner').getByRole('button').last().click();
    await visit.page.locator('time').waitFor({ state: 'detached' });
  },
  'session-ended': async (visit) => {
    const application = await visit.server.createApplication('Northwind Books');
    await openHome({ ...visit, application });
    await visit.server.expireAll(application);
    await visit.page.reload();
    await visit.page.locator('h1').waitFor();
  },
  problem: async (visit) => {
    await openHome(visit);
    await visit.page.route('**/api/v1/app/**', (route) => route.abort());
    await visit.page.reload();
    await visit.page.getByRole('main').getByRole('button').waitFor();
  },
  'not-found': async (visit) => {
    await openHome(visit);
    await visit.page.goto(`${visit.server.url}/${visit.application.id}/no/such/page`);
    await visit.page.getByRole('main').getByRole('link').waitFor();
  },
  'application-missing': async (visit) => {
    await openHome(visit);
    await visit.page.route('**/api/v1/app/**', (route) =>
      route.fulfill({ status: 404, json: { code: 'not_found', detail: 'Entity not found' } }),
    );
    await visit.page.reload();
    await visit.page.locator('h1').waitFor();
    // The page is drawn before it is known that there is nothing to lead to.
    await visit.page.getByRole('navigation').waitFor({ state: 'detached' });
  },
};

describe.skipIf(isBrowserMissing)('every screen', () => {
  const setting = useSetting();
  const inTab = useTabs(setting);

  const cases = Object.keys(SCREENS).flatMap((name) => LOOKS.map((look) => ({ name, ...look })));
  test.each(cases)('$name, $scheme, $language: accessible, and fits', async ({ name, language, scheme }) => {
    const { application, server } = setting();
    await inTab(async (page) => {
      const query = `darkMode=${scheme === 'dark'}&locale=${language}`;
      await SCREENS[name]?.({ server, application, page, query });
      expect(await page.locator('html').getAttribute('data-mantine-color-scheme')).toBe(scheme);
      await inspect(page, `${name}-${language}-${scheme}`);
    });
  });
});
