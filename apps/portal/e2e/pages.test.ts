import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LANGUAGES } from '../src/app/locale';
import { isBrowserMissing } from './browser';
import { inspect, useTabs } from './inspect';
import { type Receiver, startReceiver } from './receiver';
import { fillScene, type Scene } from './scene';
import { useSetting } from './walk';

/** Each of them is seen on two pages that have most of the words. */
const OTHER_LANGUAGES = LANGUAGES.filter((language) => language !== 'en' && language !== 'de');
const MORE = OTHER_LANGUAGES.flatMap((language) =>
  ['endpoint-failing', 'message'].map((name) => ({ name, language, scheme: 'light' as const })),
);
/** German has the longer words; that the colours hold is seen in English. */
const LOOKS = [
  { language: 'en', scheme: 'light' },
  { language: 'en', scheme: 'dark' },
  { language: 'de', scheme: 'light' },
] as const;

interface Visit {
  readonly page: Page;
  readonly scene: Scene;
  /** Goes to a page of the application. */
  readonly open: (path: string) => Promise<void>;
}

const card = (page: Page) => page.getByRole('main').locator('section').first();
const main = (page: Page) => page.getByRole('main');

/** How to get to each page, and how to know that it is all there. */
const PAGES: Record<string, (visit: Visit) => Promise<void>> = {
  endpoints: async ({ page, open }) => {
    await open('/endpoints');
    await main(page).getByText('%').first().waitFor({ state: 'attached' });
  },
  'endpoint-new': async ({ page, open }) => {
    await open('/endpoints/new');
    await main(page).locator('details').waitFor();
    await main(page).locator('summary').click();
    await main(page).getByRole('checkbox').first().check();
  },
  'endpoint-edit': async ({ page, open, scene }) => {
    await open(`/endpoints/${scene.failing.id}/edit`);
    await main(page).getByRole('checkbox').first().waitFor();
  },
  endpoint: async ({ page, open, scene }) => {
    await open(`/endpoints/${scene.well.id}`);
    await main(page).getByRole('row').nth(1).waitFor();
  },
  'endpoint-failing': async ({ page, open, scene }) => {
    await open(`/endpoints/${scene.failing.id}?status=fail&eventType=invoice.paid`);
    await main(page).getByRole('row').nth(1).waitFor();
    await main(page).getByText('500').first().waitFor();
  },
  'endpoint-disabled': async ({ page, open, scene }) => {
    await open(`/endpoints/${scene.off.id}`);
    await card(page).waitFor();
  },
  'endpoint-dialog': async ({ page, open, scene }) => {
    await open(`/endpoints/${scene.well.id}`);
    await main(page).getByRole('row').nth(1).waitFor();
    await main(page).locator('section').last().getByRole('button').first().click();
    await page.getByRole('dialog').waitFor();
  },
  'endpoint-replay': async ({ page, open, scene }) => {
    await open(`/endpoints/${scene.well.id}`);
    await main(page).getByRole('row').nth(1).waitFor();
    await main(page).locator('[aria-haspopup=menu]').first().click();
    await page.getByRole('menuitem').last().click();
    await page.getByRole('dialog').waitFor();
  },
  'endpoint-menu': async ({ page, open, scene }) => {
    await open(`/endpoints/${scene.well.id}`);
    await main(page).getByRole('row').nth(1).waitFor();
    await main(page).locator('[aria-haspopup=menu]').first().click();
    await page.getByRole('menuitem').last().waitFor();
  },
  'endpoint-testing': async ({ page, open, scene }) => {
    await open(`/endpoints/${scene.well.id}/testing`);
    await main(page).getByRole('combobox').selectOption('invoice.paid');
    await main(page).getByRole('combobox').nth(1).waitFor();
  },
  'endpoint-advanced': async ({ page, open, scene }) => {
    await open(`/endpoints/${scene.well.id}/advanced`);
    await main(page).getByText('x-tenant').waitFor();
  },
  messages: async ({ page, open }) => {
    await open('/messages');
    await main(page).getByRole('row').nth(2).waitFor();
  },
  message: async ({ page, open, scene }) => {
    await open(`/messages/${scene.paid.id}`);
    await main(page).locator('summary').nth(1).click();
    await main(page).getByText('x-receiver').waitFor();
  },
  'message-missing': async ({ page, open }) => {
    await open('/messages/msg_3333333333333333333333333aa');
    await main(page).getByRole('link').waitFor();
  },
  'event-types': async ({ page, open }) => {
    await open('/event-types');
    await main(page).getByText('order.shipped').waitFor();
  },
  'event-type': async ({ page, open }) => {
    await open('/event-types/invoice.paid');
    await main(page).getByText('inv_2048').waitFor();
  },
  verify: async ({ page, open }) => {
    await open('/verify');
    await main(page).locator('textarea').first().fill('svix-id: msg_1');
    await main(page).locator('textarea').last().fill('{}');
    await main(page).locator('input[type=password]').fill('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
    await main(page).locator('button[type=submit]').click();
    await page.getByRole('alert').filter({ hasText: 'svix-id' }).waitFor();
  },
  'verify-picker': async ({ page, open }) => {
    await open('/verify');
    await main(page).getByRole('combobox').click();
    await page.getByRole('option', { name: '/archive' }).waitFor();
    await main(page).getByRole('combobox').press('ArrowDown');
  },
};

describe.skipIf(isBrowserMissing)('every page', () => {
  const setting = useSetting();
  const inTab = useTabs(setting);
  let receiver: Receiver;
  let scene: Scene;
  beforeAll(async () => {
    receiver = await startReceiver();
    scene = await fillScene(setting().server, setting().application, receiver);
  });
  afterAll(() => receiver?.stop());

  const cases = Object.keys(PAGES).flatMap((name) => LOOKS.map((look) => ({ name, ...look })));
  test.each([...cases, ...MORE])(
    '$name, $scheme, $language: accessible, and fits',
    async ({ name, language, scheme }) => {
      const { application, server } = setting();
      await inTab(async (page) => {
        const query = `darkMode=${scheme === 'dark'}&locale=${language}`;
        const link = await server.link(application);
        const open = async (path: string) => {
          await page.goto(link.replace('/login', `/login?${query}&next=${encodeURIComponent(path)}`));
          await page.waitForURL((url) => url.pathname !== '/login');
        };
        await PAGES[name]?.({ page, scene, open });
        expect(await page.locator('html').getAttribute('data-mantine-color-scheme')).toBe(scheme);
        await inspect(page, `${name}-${language}-${scheme}`);
      });
    },
  );
});
