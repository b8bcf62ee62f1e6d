import { unwrap } from '@postrider/client';
import type { EndpointIn } from '@postrider/contract';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isBrowserMissing } from './browser';
import { type Receiver, startReceiver } from './receiver';
import { defineEventTypes, prepareEndpoint, sendMessage } from './scene';
import { useSetting, withPage } from './walk';

describe.skipIf(isBrowserMissing)('a customer whose endpoint gets messages', () => {
  const setting = useSetting();
  let receiver: Receiver;
  beforeAll(async () => {
    receiver = await startReceiver();
    await defineEventTypes(setting().server);
  });
  afterAll(() => receiver?.stop());

  const prepare = (path: string, more: Partial<EndpointIn> = {}) =>
    prepareEndpoint(setting().server, receiver, path, more);
  const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: true });
  const dialog = (page: Page) => page.getByRole('dialog');

  test('sends an example and sees it arrive', async () => {
    const { link } = await prepare('/testing', { eventTypes: ['order.created'] });
    await withPage(setting(), async (page) => {
      await page.goto(link);
      await page.getByRole('link', { name: 'Testing' }).click();
      await page.getByLabel('Event type').selectOption('invoice.paid');
      await page.getByLabel('Example', { exact: true }).selectOption('Example 2');
      await button(page, 'Send example').click();
      await page.getByText('Delivered', { exact: true }).waitFor();
      await page.getByText('{"received":true}').waitFor();
      const received = receiver.requests.filter(({ path }) => path === '/testing');
      expect(received.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
        { type: 'invoice.paid', invoiceId: 'inv_2049', amount: 990 },
      ]);
    });
  });

  test('sends an example of their own where there is none, and sees it fail', async () => {
    const { link } = await prepare('/fail/testing');
    await withPage(setting(), async (page) => {
      await page.goto(link);
      await page.getByRole('link', { name: 'Testing' }).click();
      await page.getByLabel('Event type').selectOption('order.created');
      await page.getByText('This event type has no example').waitFor();
      await page.getByLabel('Payload').fill('{"half');
      await page.getByText('This is not a JSON object').waitFor();
      expect(await button(page, 'Send example').isDisabled()).toBe(true);
      await page.getByLabel('Payload').fill('{"mine": true}');
      await button(page, 'Send example').click();
      await page.getByText('The endpoint did not accept it').waitFor();
      const received = receiver.requests.filter(({ path }) => path === '/fail/testing');
      expect(received.map(({ body }) => JSON.parse(body) as unknown)).toEqual([{ mine: true }]);
    });
  });

  test('is told that it fails, filters the attempts, and recovers', async () => {
    const { server, application, link, params } = await prepare('/fail/recover');
    await sendMessage(server, application, 'order.created', { tags: ['import'] });
    await sendMessage(server, application, 'invoice.paid');
    const failed = async () => (await unwrap(server.client.endpoint.getStats({ params, query: {} }))).fail;
    await expect.poll(failed, { timeout: 20_000 }).toBe(6);
    await withPage(setting(), async (page) => {
      await page.goto(link);
      await page.getByText('Deliveries to this endpoint are failing').waitFor();
      await page.getByText('The last attempt was answered with status 500:').waitFor();
      const rows = page.getByRole('row').filter({ hasText: 'msg_' });
      await expect.poll(() => rows.count()).toBe(6);
      await button(page, 'Succeeded').click();
      await page.getByText('No attempt matches').waitFor();
      await button(page, 'Failed').click();
      await button(page, 'Filters').click();
      await page.getByLabel('Event type').selectOption('order.created');
      await page.getByLabel('Tag').fill('import');
      await button(page, 'Apply').click();
      await expect.poll(() => rows.count()).toBe(3);
      await page.reload();
      await button(page, 'Filters (2)').waitFor();
      await expect.poll(() => rows.count()).toBe(3);

      await button(page, 'Replay').click();
      await page.getByRole('menuitem', { name: 'Recover failed' }).click();
      await dialog(page).getByLabel('How far back').selectOption('1 week');
      const call = page.waitForRequest('**/recover/');
      await dialog(page).getByRole('button', { name: 'Start' }).click();
      await dialog(page).getByText('Done').waitFor();
      const { since } = (await call).postDataJSON() as { since: string };
      const days = (Date.now() - Date.parse(since)) / 86_400_000;
      expect(Math.abs(days - 7)).toBeLessThan(0.01);
      await dialog(page).getByRole('button', { name: 'Close' }).click();
    });
  });

  test('gets what it missed, and once more what fits a filter', async () => {
    const { server, application, link, params } = await prepare('/replay', { disabled: true });
    const bodies = () => receiver.requests.filter(({ path }) => path === '/replay').map(({ body }) => body);
    await sendMessage(server, application, 'order.created', { payload: { order: 1 } });
    await sendMessage(server, application, 'invoice.paid', { payload: { invoice: 1 } });
    await unwrap(server.client.endpoint.patch({ params, body: { disabled: false } }));
    await withPage(setting(), async (page) => {
      await page.goto(link);
      await page.getByText('No attempts yet').waitFor();
      await button(page, 'Replay').click();
      await page.getByRole('menuitem', { name: 'Replay missing' }).click();
      await dialog(page).getByRole('button', { name: 'Start' }).click();
      await dialog(page).getByText('Messages that are sent again: 2').waitFor();
      await dialog(page).getByRole('button', { name: 'Close' }).click();
      await expect.poll(() => bodies().toSorted()).toEqual(['{"invoice":1}', '{"order":1}']);

      await button(page, 'Replay').click();
      await page.getByRole('menuitem', { name: 'Replay by filter' }).click();
      await dialog(page).getByLabel('Event type').selectOption('invoice.paid');
      await dialog(page).getByLabel('State at this endpoint').selectOption('Succeeded');
      await dialog(page).getByLabel('Last answer').selectOption('2xx');
      await dialog(page).getByRole('button', { name: 'Start' }).click();
      await dialog(page).getByText('Messages that are sent again: 1').waitFor();
      await expect.poll(() => bodies().filter((body) => body.includes('invoice')).length).toBe(2);
    });
  });

  test('resends from the list of attempts', async () => {
    const { server, application, link } = await prepare('/resend');
    const requests = () => receiver.requests.filter(({ path }) => path === '/resend').length;
    await sendMessage(server, application, 'order.created');
    await expect.poll(requests).toBe(1);
    await withPage(setting(), async (page) => {
      await page.goto(link);
      await page.getByRole('button', { name: /^Actions for msg_/ }).click();
      await page.getByRole('menuitem', { name: 'Resend', exact: true }).click();
      await dialog(page).getByRole('button', { name: 'Resend' }).click();
      await dialog(page).waitFor({ state: 'detached' });
      await expect.poll(requests).toBe(2);
    });
  });
});
