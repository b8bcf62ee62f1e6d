// Makes the pictures of docs/portal.md: npm run portal-pictures. Not a walk of the suites: it checks nothing.
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { BrowserContextOptions, Page, Route } from 'playwright-core';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { type Receiver, startReceiver } from './receiver';
import { fillScene, type Scene, sendMessage } from './scene';
import { linkTo, useSetting } from './walk';

const PICTURES = fileURLToPath(new URL('../../../docs/pictures', import.meta.url));
/** When all of it seems to happen, and where the customer's server seems to be. */
const NOW = new Date('2026-11-24T09:30:00Z');
const CUSTOMER = 'https://hooks.harbour.example';
const INSTANT = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;

describe('the pictures', () => {
  const setting = useSetting();
  let receiver: Receiver;
  let scene: Scene;
  let shift: number;
  beforeAll(async () => {
    await mkdir(PICTURES, { recursive: true });
    receiver = await startReceiver();
    const { server, application } = setting();
    scene = await fillScene(server, application, receiver);
    for (const eventType of ['order.shipped', 'user.signed_up', 'order.created', 'invoice.overdue']) {
      await sendMessage(server, application, eventType, { tags: ['november'] });
    }
    shift = NOW.getTime() - Date.now();
  });
  afterAll(() => receiver?.stop());

  const moved = (text: string, by: number) =>
    text.replace(INSTANT, (instant) => new Date(new Date(instant).getTime() + by).toISOString());

  /** Tells the page the same as the API does, only at another time and of another server. */
  const retell = async (route: Route) => {
    const answer = await route.fetch({ url: moved(decodeURIComponent(route.request().url()), -shift) });
    const body = moved((await answer.text()).replaceAll(receiver.url, CUSTOMER), shift);
    await route.fulfill({ response: answer, body });
  };

  interface Picture {
    readonly name: string;
    readonly path: () => string;
    /** Further parameters of the link. */
    readonly look?: string;
    readonly readOnly?: boolean;
    readonly ready: (page: Page) => Promise<unknown>;
    readonly options?: BrowserContextOptions;
  }
  const main = (page: Page) => page.getByRole('main');
  const PICTURE: readonly Picture[] = [
    { name: 'endpoints', path: () => '/endpoints', ready: (page) => main(page).getByText('100%').waitFor() },
    {
      name: 'endpoint',
      path: () => `/endpoints/${scene.failing.id}`,
      ready: (page) => main(page).getByRole('row').nth(3).waitFor(),
    },
    {
      name: 'new-endpoint',
      path: () => '/endpoints/new',
      ready: async (page) => {
        await main(page).getByLabel('Address (URL)').fill(`${CUSTOMER}/orders`);
        await main(page).getByRole('button', { name: 'Show order' }).click();
        await main(page).getByRole('checkbox', { name: 'order.shipped' }).check();
      },
    },
    {
      name: 'testing',
      path: () => `/endpoints/${scene.well.id}/testing`,
      ready: async (page) => {
        await main(page).getByLabel('Event type').selectOption('invoice.paid');
        await main(page).getByRole('combobox', { name: 'Example' }).selectOption('Example 2');
        await main(page).getByRole('button', { name: 'Send example' }).click();
        await main(page).getByText('Delivered').waitFor();
        await main(page).getByText('Show the message').scrollIntoViewIfNeeded();
      },
    },
    {
      name: 'message',
      path: () => `/messages/${scene.paid.id}`,
      ready: (page) => main(page).getByText('Not delivered to').waitFor(),
    },
    {
      name: 'event-type',
      path: () => '/event-types/invoice.paid',
      ready: (page) => main(page).getByText('inv_2048').waitFor(),
    },
    {
      name: 'branded-dark',
      path: () => '/messages',
      look: 'darkMode=true&primaryColor=e8590c',
      ready: (page) => main(page).getByRole('row').nth(5).waitFor(),
    },
    {
      name: 'view-only',
      path: () => '/access',
      readOnly: true,
      ready: (page) => page.locator('time').waitFor(),
    },
    {
      name: 'phone',
      path: () => `/messages/${scene.paid.id}`,
      look: 'locale=de',
      ready: (page) => main(page).getByText('Zustellungen').waitFor(),
      options: { viewport: { width: 375, height: 700 } },
    },
  ];

  const withTold = async (options: BrowserContextOptions, walk: (page: Page) => Promise<void>) => {
    const context = await setting().browser.newContext({
      locale: 'en-GB',
      timezoneId: 'UTC',
      reducedMotion: 'reduce',
      viewport: { width: 1000, height: 700 },
      ...options,
    });
    try {
      const page = await context.newPage();
      await page.clock.setFixedTime(NOW);
      // The stream of a live list has no end that could be waited for.
      await context.route(/\/api\/v1\/(?!.*\/live\/)/, retell);
      await walk(page);
    } finally {
      await context.unrouteAll({ behavior: 'ignoreErrors' });
      await context.close();
    }
  };
  const take = (page: Page, name: string) =>
    page.screenshot({ path: `${PICTURES}/portal-${name}.png`, animations: 'disabled', caret: 'hide' });

  test.each(PICTURE)('$name', ({ name, path, look, readOnly, ready, options = {} }) =>
    withTold(options, async (page) => {
      const { server, application } = setting();
      const access = readOnly ? { capabilities: ['ViewBase' as const] } : {};
      const link = linkTo(await server.link(application, access), path());
      await page.goto(look === undefined ? link : link.replace('?', `?${look}&`));
      await ready(page);
      await page.getByText('Harbour Coffee Roasters').first().waitFor();
      await page.locator('.mantine-Skeleton-root, [data-loading]').first().waitFor({ state: 'detached' });
      await take(page, name);
    }),
  );

  test('in a frame', () =>
    withTold({}, async (page) => {
      const { server, application } = setting();
      const link = linkTo(await server.link(application), '/endpoints').replace('?', '?primaryColor=7048e8&');
      const body = `<!doctype html><title>Acme</title><style>
        body { margin: 0; font: 15px sans-serif; display: grid; grid-template-columns: 9rem 1fr; height: 100vh }
        nav { background: #251a4a; color: #fff; padding: 1.5rem; line-height: 2.4 } h1 { font-size: 1.4rem; margin: 1.5rem }
        iframe { border: 1px solid #ddd; border-radius: 10px; margin: 0 1.5rem; width: calc(100% - 3rem); height: 590px }
        </style><nav><b>Acme</b><br>Dashboard<br>Team<br>Billing<br>Webhooks</nav>
        <div><h1>Webhooks</h1><iframe src="${link}" title="Webhooks" allow="clipboard-write"></iframe></div>`;
      // Browsers keep pages of the internet away from this machine's servers; so it is a page of this one.
      const host = `${server.url}/acme`;
      await page.route(host, (route) => route.fulfill({ contentType: 'text/html', body }));
      await page.goto(host);
      await page.frameLocator('iframe').getByText('100%').waitFor();
      await take(page, 'embedded');
    }));
});
