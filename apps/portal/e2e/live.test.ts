import { unwrap } from '@postrider/client';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isBrowserMissing } from './browser';
import { inspect } from './inspect';
import { type Receiver, startReceiver } from './receiver';
import { endpointIn, sendMessage } from './scene';
import { linkTo, useSetting, withPage } from './walk';

describe.skipIf(isBrowserMissing)('a customer who watches', () => {
  const setting = useSetting();
  let receiver: Receiver;
  beforeAll(async () => {
    receiver = await startReceiver();
  });
  afterAll(() => receiver?.stop());

  /** An application of its own with an endpoint and a message, and a way into it. */
  const prepare = async () => {
    const { server } = setting();
    const application = await server.createApplication();
    const endpoint = await unwrap(
      server.client.endpoint.create({
        params: { app_id: application.id },
        body: endpointIn(`${receiver.url}/hooks/live`),
        headers: {},
      }),
    );
    const send = (eventType = 'order.created') => sendMessage(server, application, eventType);
    await send();
    const open = async (page: Page, path: string, query = '', access = {}) => {
      const link = linkTo(await server.link(application, access), path);
      await page.goto(link.replace('/login?', `/login?${query}`));
      await live(page).getByText('Live', { exact: true }).waitFor();
    };
    return { application, endpoint, send, open };
  };
  const live = (page: Page) => page.getByRole('group', { name: /^Live/ });
  const rows = (page: Page) => page.getByRole('row').filter({ hasText: 'msg_' });
  const button = (page: Page, name: string | RegExp) => live(page).getByRole('button', { name });

  test('sees new messages come, without loading the page', async () => {
    await withPage(setting(), async (page) => {
      const { open, send } = await prepare();
      await open(page, '/messages');
      await expect.poll(() => rows(page).count()).toBe(1);
      await send('invoice.paid');
      await expect.poll(() => rows(page).count(), { timeout: 30_000 }).toBe(2);
      expect(await rows(page).first().textContent()).toContain('invoice.paid');
      await page.getByRole('status').filter({ hasText: 'New in the list: 1' }).waitFor({ state: 'attached' });
    });
  });

  test('with the right to look alone sees attempts come, by the tab that is open', async () => {
    await withPage(setting(), async (page) => {
      const { endpoint, open, send } = await prepare();
      await open(page, `/endpoints/${endpoint.id}`, '', { capabilities: ['ViewBase'] });
      await expect.poll(() => rows(page).count()).toBe(1);
      await send('invoice.paid');
      await expect.poll(() => rows(page).count(), { timeout: 30_000 }).toBe(2);
      await page.getByRole('button', { name: 'Failed', exact: true }).click();
      await page.getByText('No attempt matches').waitFor();
      await live(page).getByText('Live', { exact: true }).waitFor();
      await send('order.shipped');
      await page.getByRole('button', { name: 'Succeeded', exact: true }).click();
      await expect.poll(() => rows(page).count(), { timeout: 30_000 }).toBe(3);
    });
  });

  test('pauses, and goes on with what came meanwhile', async () => {
    await withPage(setting(), async (page) => {
      const { open, send } = await prepare();
      await open(page, '/messages');
      await expect.poll(() => rows(page).count()).toBe(1);
      await button(page, 'Pause').click();
      await live(page).getByText('Paused').waitFor();
      const { id } = await send('invoice.paid');
      // Somebody else who follows the list has been told of it by then.
      const other = await page.context().newPage();
      await open(other, '/messages');
      const { id: next } = await send('invoice.paid');
      await other.getByText(next).waitFor();
      expect(await rows(page).count()).toBe(1);
      await button(page, 'Resume').click();
      await page.getByText(id).waitFor();
      await page.getByText(next).waitFor();
      expect(await rows(page).count()).toBe(3);
    });
  });

  test('is not disturbed in the middle of the table: what is new waits', async () => {
    await withPage(setting(), async (page) => {
      const { open, send } = await prepare();
      await open(page, '/messages');
      await rows(page).first().hover();
      await send('invoice.paid');
      await send('invoice.overdue');
      await button(page, 'Show 2 new').waitFor();
      expect(await rows(page).count()).toBe(1);
      await button(page, 'Show 2 new').click();
      await expect.poll(() => rows(page).count()).toBe(3);
      expect(await rows(page).first().textContent()).toContain('invoice.overdue');
    });
  });

  test('sees that the connection broke; it comes back and leaves nothing out', async () => {
    await withPage(setting(), async (page, complaints) => {
      const { open, send } = await prepare();
      let isDown = false;
      const places: (string | undefined)[] = [];
      await page.route('**/live/**', async (route) => {
        places.push(route.request().headers()['last-event-id']);
        if (isDown) await route.abort();
        else await route.continue();
      });
      await open(page, '/messages');
      await expect.poll(() => rows(page).count()).toBe(1);
      // A page in the background lets go; coming back it finds the line dead.
      isDown = true;
      await button(page, 'Pause').click();
      await button(page, 'Resume').click();
      await live(page).getByText('Not connected, trying again').waitFor();
      await inspect(page, 'live-broken', [375, 1280]);
      const { id } = await send('invoice.paid');
      isDown = false;
      await live(page).getByText('Live', { exact: true }).waitFor({ timeout: 30_000 });
      await page.getByText(id).waitFor();
      expect(await rows(page).count()).toBe(2);
      expect(places.at(-1)).toMatch(/^[0-9a-z.]+$/);
      complaints.splice(0);
    });
  });

  test('whose session is ended is told so at once, wherever they are', async () => {
    await withPage(setting(), async (page) => {
      const { application, open } = await prepare();
      await open(page, '/messages');
      await setting().server.expireAll(application);
      await page.getByRole('heading', { level: 1, name: /session/i }).waitFor({ timeout: 30_000 });
    });
  });

  test('has nothing live on an older page, nor where the time has an end', async () => {
    await withPage(setting(), async (page) => {
      const { open } = await prepare();
      await open(page, '/messages');
      await page.getByRole('button', { name: 'Filters' }).click();
      await page.getByLabel('Before').fill('2026-01-01T00:00');
      await page.getByRole('button', { name: 'Apply' }).click();
      await live(page).waitFor({ state: 'detached' });
    });
  });

  test.each([
    ['en-light', 'darkMode=false&locale=en&'],
    ['en-dark', 'darkMode=true&locale=en&'],
    ['de-light', 'darkMode=false&locale=de&'],
  ])('%s: accessible, and fits', async (name, query) => {
    await withPage(setting(), async (page) => {
      const { endpoint, open, send } = await prepare();
      await open(page, '/messages', query);
      await rows(page).first().hover();
      await send('invoice.paid');
      await button(page, /1/).waitFor();
      await inspect(page, `live-messages-${name}`);
      await open(page, `/endpoints/${endpoint.id}`, query);
      await rows(page).first().waitFor();
      await inspect(page, `live-attempts-${name}`);
    });
  });
});
