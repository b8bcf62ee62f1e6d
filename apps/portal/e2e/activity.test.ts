import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isBrowserMissing } from './browser';
import { inspect } from './inspect';
import { type Receiver, startReceiver } from './receiver';
import { fillScene } from './scene';
import { linkTo, screen, useSetting, withPage } from './walk';

describe.skipIf(isBrowserMissing)('a customer who looks at the activity', () => {
  const setting = useSetting();
  let receiver: Receiver;
  beforeAll(async () => {
    receiver = await startReceiver();
    await fillScene(setting().server, setting().application, receiver);
  });
  afterAll(() => receiver?.stop());

  const open = async (page: Page, query = '', access = {}) => {
    const { application, server } = setting();
    const link = linkTo(await server.link(application, access), '/activity');
    await page.goto(link.replace('/login?', `/login?${query}`));
  };
  const table = (page: Page, name: string) => page.getByRole('group', { name }).getByRole('table');
  /** Sum of a column of the table of figures. */
  const sumOf = async (page: Page, column: number) => {
    const cells = await table(page, 'Figures').locator(`tbody td:nth-of-type(${column})`).allTextContents();
    return cells.reduce((sum, text) => sum + Number(text), 0);
  };

  test('sees how deliveries went, in a chart and in the same figures', async () => {
    await withPage(setting(), async (page) => {
      await open(page);
      await screen(page, 'Activity');
      const chart = page.getByRole('img', { name: 'Chart from' });
      await chart.waitFor();
      // Three messages to one endpoint, one of them to another; a third endpoint fails each time it is tried.
      const success = await sumOf(page, 1);
      const fail = await sumOf(page, 2);
      expect(success).toBe(4);
      expect(fail).toBeGreaterThan(2);
      expect(await chart.getAttribute('aria-label')).toContain(`${success} succeeded, ${fail} failed`);
      await table(page, 'By event type').getByRole('rowheader', { name: 'invoice.paid' }).waitFor();
    });
  });

  test('chooses resolution and event type, which stand in the address', async () => {
    await withPage(setting(), async (page) => {
      await open(page);
      await page.getByRole('button', { name: '5 minutes' }).click();
      await page.getByText('Last 6 hours').first().waitFor();
      await expect.poll(() => table(page, 'Figures').locator('tbody tr').count()).toBe(72);
      await page.getByRole('button', { name: 'Days', exact: true }).click();
      await expect.poll(() => table(page, 'Figures').locator('tbody tr').count()).toBe(28);
      await page.getByText('Days begin at midnight UTC.').waitFor();
      await page.getByRole('combobox', { name: 'Event type' }).selectOption('user.signed_up');
      await expect.poll(() => sumOf(page, 1)).toBe(2);
      expect(await sumOf(page, 2)).toBe(0);
      expect(page.url()).toContain('period=OneDay');
      expect(page.url()).toContain('eventType=user.signed_up');
      await page.reload();
      await expect.poll(() => sumOf(page, 1)).toBe(2);
      await page.getByRole('combobox', { name: 'Event type' }).selectOption('order.shipped');
      await page.getByText('Nothing was delivered in this time').waitFor();
    });
  });

  test('may look with nothing but the right to look, and goes everywhere by keys', async () => {
    await withPage(setting(), async (page) => {
      await open(page, '', { capabilities: ['ViewBase'] });
      await page.getByRole('navigation').getByRole('link', { name: 'Activity' }).waitFor();
      await page.getByRole('img', { name: 'Chart from' }).waitFor();
      await page.getByRole('button', { name: '5 minutes' }).focus();
      await page.keyboard.press('Enter');
      await page.getByText('Last 6 hours').first().waitFor();
      const figures = page.getByRole('group', { name: 'Figures' });
      await figures.focus();
      await page.keyboard.press('End');
      await expect.poll(() => figures.evaluate((element) => element.scrollTop)).toBeGreaterThan(0);
    });
  });

  test('is told when the figures cannot be loaded, and tries again', async () => {
    await withPage(setting(), async (page, complaints) => {
      await page.route('**/stats/app/**', (route) =>
        route.fulfill({ status: 400, json: { code: 'x', detail: 'y' } }),
      );
      await open(page);
      await page.getByRole('button', { name: 'Try again' }).first().waitFor();
      await page.unroute('**/stats/app/**');
      await page.getByRole('button', { name: 'Try again' }).first().click();
      await page.getByRole('img', { name: 'Chart from' }).waitFor();
      expect(complaints.splice(0).every((text) => text.includes('400'))).toBe(true);
    });
  });

  test.each([
    ['en-light', 'darkMode=false&locale=en&'],
    ['en-dark', 'darkMode=true&locale=en&'],
    ['de-light', 'darkMode=false&locale=de&'],
    ['ja-dark', 'darkMode=true&locale=ja&'],
  ])('%s: accessible, and fits', async (name, query) => {
    await withPage(setting(), async (page) => {
      await open(page, query);
      await page.locator('svg[role=img]').waitFor();
      await inspect(page, `activity-${name}`);
    });
  });
});
