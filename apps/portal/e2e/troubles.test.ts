import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isBrowserMissing } from './browser';
import { inspect } from './inspect';
import { type Receiver, startReceiver } from './receiver';
import { fillScene, type Scene } from './scene';
import { linkTo, screen, useSetting, withPage } from './walk';

/** A part of a page that is asked for by a call of its own. */
interface Part {
  readonly path: string;
  /** Calls that fail, by their path after the application's or the API's. */
  readonly calls: RegExp;
  /** What is read there when all is well. */
  readonly text: string;
}

const PARTS: Record<string, Part> = {
  endpoints: { path: '/endpoints', calls: /\/endpoint\/\?/, text: '/hooks/accounting' },
  endpoint: {
    path: '/endpoints/WELL',
    calls: /\/endpoint\/ep_\w+\/$/,
    text: 'Accounting takes every message',
  },
  attempts: { path: '/endpoints/WELL', calls: /\/attempt\/endpoint\//, text: 'user.signed_up' },
  headers: { path: '/endpoints/WELL/advanced', calls: /\/headers\/$/, text: 'x-tenant' },
  edit: { path: '/endpoints/WELL/edit', calls: /\/endpoint\/ep_\w+\/$/, text: 'Messages per second' },
  'event types to choose': { path: '/endpoints/new', calls: /\/event-type\//, text: 'Billing (2)' },
  messages: { path: '/messages', calls: /\/msg\/\?/, text: 'user.signed_up' },
  message: { path: '/messages/PAID', calls: /\/msg\/msg_\w+\/(\?.*)?$/, text: 'inv-2048-' },
  payload: { path: '/messages/PAID', calls: /\/raw\/$/, text: '"inv_2048"' },
  deliveries: { path: '/messages/PAID', calls: /\/msg\/msg_\w+\/endpoint\//, text: 'Will be retried' },
  catalogue: { path: '/event-types', calls: /\/event-type\//, text: 'order.shipped' },
  'event type': { path: '/event-types/invoice.paid', calls: /\/event-type\//, text: 'Espresso beans' },
  activity: { path: '/activity', calls: /\/stats\/app\//, text: 'Succeeded' },
};
/** Of these a picture is taken, and axe looks at them. */
const PICTURED = ['attempts', 'message'];

describe.skipIf(isBrowserMissing)('a customer in trouble', () => {
  const setting = useSetting();
  let receiver: Receiver;
  let scene: Scene;
  beforeAll(async () => {
    receiver = await startReceiver();
    scene = await fillScene(setting().server, setting().application, receiver);
  });
  afterAll(() => receiver?.stop());

  const pathOf = (path: string) => path.replace('WELL', scene.well.id).replace('PAID', scene.paid.id);
  const retry = (page: Page) => page.getByRole('main').getByRole('button', { name: 'Try again' }).first();

  test.each([
    ['the server fails', 'light', Object.entries(PARTS).filter((_, index) => index % 2 === 0)],
    ['the network is gone', 'dark', Object.entries(PARTS).filter((_, index) => index % 2 === 1)],
  ])('where %s is told so in the place, and tries again', async (trouble, scheme, parts) => {
    const { application, server } = setting();
    await withPage(setting(), async (page, complaints) => {
      const link = linkTo(await server.link(application), '/access');
      await page.goto(link.replace('/login?', `/login?darkMode=${scheme === 'dark'}&`));
      await screen(page, 'Your access');
      for (const [name, part] of parts) {
        await page.route(part.calls, (route) =>
          trouble === 'the server fails'
            ? route.fulfill({ status: 500, json: { code: 'internal_error', detail: 'Secret of the server' } })
            : route.abort(),
        );
        await page.goto(`${server.url}/${application.id}${pathOf(part.path)}`);
        await retry(page).waitFor();
        await page.locator('h1').waitFor();
        expect(await page.getByText('Secret of the server').count()).toBe(0);
        if (PICTURED.includes(name)) await inspect(page, `trouble-${name}-${scheme}`);
        await page.unroute(part.calls);
        await retry(page).click();
        await page.getByText(part.text).first().waitFor();
      }
      expect(complaints.splice(0).length).toBeGreaterThan(0);
    });
  });

  /** What somebody is about to do when the session is ended. */
  const ACTS: Record<
    string,
    readonly [string, (page: Page) => Promise<void>, (page: Page) => Promise<void>]
  > = {
    'goes to another page': [
      '/event-types',
      (page) => page.getByText('order.shipped').waitFor(),
      (page) => page.getByRole('navigation').getByRole('link', { name: 'Messages' }).click(),
    ],
    'saves a form': [
      '/endpoints/WELL/edit',
      (page) => page.getByLabel('Description').fill('Half written'),
      (page) => page.getByRole('button', { name: 'Save' }).click(),
    ],
    'answers a question': [
      '/endpoints/WELL/testing',
      async (page) => {
        await page.getByRole('button', { name: 'Rotate' }).click();
        await page.getByRole('dialog').waitFor();
      },
      (page) => page.getByRole('dialog').getByRole('button', { name: 'Rotate secret' }).click(),
    ],
    'sends an example': [
      '/endpoints/WELL/testing',
      async (page) => {
        await page.getByLabel('Event type').selectOption('invoice.paid');
      },
      (page) => page.getByRole('button', { name: 'Send example' }).click(),
    ],
  };

  test('whose session ends is told so, whatever they are about to do', async () => {
    const { application, server } = setting();
    await withPage(setting(), async (page) => {
      for (const [path, prepare, act] of Object.values(ACTS)) {
        await page.goto(linkTo(await server.link(application), pathOf(path)));
        await prepare(page);
        // What is still being asked for would tell of the end before the act does.
        await page.waitForLoadState('networkidle');
        await server.expireAll(application);
        await act(page);
        await screen(page, 'Your session has ended');
        expect(await page.getByRole('dialog').count()).toBe(0);
      }
    });
  });

  test('with nothing yet is told what will be there', async () => {
    const { server } = setting();
    const application = await server.createApplication('Nothing yet');
    const EMPTY = {
      endpoints: 'No endpoints yet',
      messages: 'No messages yet',
      activity: 'Nothing was delivered in this time',
    };
    await withPage(setting(), async (page) => {
      await page.goto(linkTo(await server.link(application), '/access'));
      await screen(page, 'Your access');
      for (const [path, text] of Object.entries(EMPTY)) {
        await page.goto(`${server.url}/${application.id}/${path}`);
        await page.getByText(text).first().waitFor();
        if (path === 'activity') await inspect(page, 'empty-activity-light');
      }
      // An environment without event types.
      await page.route('**/event-type/**', (route) =>
        route.fulfill({ json: { data: [], iterator: null, prevIterator: null, done: true } }),
      );
      await page.goto(`${server.url}/${application.id}/event-types`);
      await page.getByText('The catalogue is empty').waitFor();
      await inspect(page, 'empty-event-types-light');
      await page.goto(`${server.url}/${application.id}/endpoints/new`);
      await page.getByText('There are no event types yet: the endpoint receives everything.').waitFor();
    });
  });
});
