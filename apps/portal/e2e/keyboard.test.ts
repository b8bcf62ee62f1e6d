import { unwrap } from '@postrider/client';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isBrowserMissing } from './browser';
import { type Receiver, startReceiver } from './receiver';
import { defineEventTypes, fillScene } from './scene';
import { home, linkTo, screen, useSetting, withPage } from './walk';

/** More stops than any page has. */
const MOST_STOPS = 80;

const hasFocus = (target: Locator) => target.evaluate((element) => element === document.activeElement);

/** What is wrong with the stop that the focus is at: it cannot be seen, or something lies over it. */
const troubleOfStop = (page: Page): Promise<string | undefined> =>
  page.evaluate(() => {
    const element = document.activeElement;
    if (element === null || element === document.body) return undefined;
    const name = element.getAttribute('aria-label') ?? element.textContent ?? element.tagName;
    const { outlineStyle, outlineWidth, borderTopColor } = getComputedStyle(element);
    const probe = document.body.appendChild(document.createElement('i'));
    probe.style.color = 'var(--portal-border-strong)';
    const unfocused = getComputedStyle(probe).color;
    probe.remove();
    const hasOutline = outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 1;
    const isField = element.matches('input, textarea, select');
    if (!hasOutline && !(isField && borderTopColor !== unfocused))
      return `${name}: the focus is not to be seen`;
    const box = element.getBoundingClientRect();
    const top = document.elementFromPoint(box.left + box.width / 2, box.top + Math.min(box.height / 2, 20));
    const isFree =
      top !== null && (element.contains(top) || top.contains(element) || top.closest('label') !== null);
    return isFree ? undefined : `${name}: lies behind something, or outside of what is seen`;
  });

/** Goes on with Tab, or back, until the target has the focus; every stop on the way must be seen. */
async function reach(page: Page, target: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  await target.waitFor();
  for (let stop = 0; stop < MOST_STOPS; stop += 1) {
    if (await hasFocus(target)) return;
    await page.keyboard.press(key);
    expect(await troubleOfStop(page)).toBeUndefined();
  }
  throw new Error(`${String(target)} is not reached by ${key}`);
}

const pressAt = async (page: Page, target: Locator, key = 'Enter') => {
  await reach(page, target);
  await page.keyboard.press(key);
};

describe.skipIf(isBrowserMissing)('a customer without a mouse', () => {
  const setting = useSetting();
  let receiver: Receiver;
  beforeAll(async () => {
    receiver = await startReceiver();
    await defineEventTypes(setting().server);
  });
  afterAll(() => receiver?.stop());

  const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: true });
  const dialog = (page: Page) => page.getByRole('dialog');
  /** Whether the focus stays inside however long somebody goes on. */
  const keepsFocus = async (page: Page) => {
    for (const key of ['Tab', 'Tab', 'Tab', 'Tab', 'Tab', 'Tab', 'Shift+Tab', 'Shift+Tab', 'Shift+Tab']) {
      await page.keyboard.press(key);
      const isInside = await page.evaluate(
        () => document.activeElement === document.body || document.activeElement?.closest('dialog') !== null,
      );
      expect(isInside).toBe(true);
    }
  };

  test('skips to the content, and adds an endpoint with some event types', async () => {
    const { server } = setting();
    const application = await server.createApplication();
    await withPage(setting(), async (page) => {
      await page.goto(await server.link(application));
      await home(page);
      await page.getByText('No endpoints yet').waitFor();
      const skip = page.getByRole('link', { name: 'Skip to content' });
      await reach(page, skip, 'Shift+Tab');
      expect((await skip.boundingBox())?.height).toBeGreaterThan(10);
      await page.keyboard.press('Enter');
      await page.keyboard.press('Tab');
      expect(await hasFocus(page.getByRole('link', { name: 'Add endpoint' }).first())).toBe(true);
      await page.keyboard.press('Enter');
      await screen(page, 'Add an endpoint');

      await reach(page, page.getByLabel('Address (URL)'));
      await page.keyboard.type(`${receiver.url}/by-keys`);
      await reach(page, page.getByLabel('Description'));
      await page.keyboard.type('Made by keys');
      await pressAt(page, page.getByRole('button', { name: 'Billing' }));
      await pressAt(page, page.getByLabel('invoice.paid'), 'Space');
      await pressAt(page, page.getByLabel('order (3)'), 'Space');
      await page.getByText('4 chosen').waitFor();
      await reach(page, page.getByLabel('Search event types'), 'Shift+Tab');
      await page.keyboard.type('returned');
      await pressAt(page, page.getByLabel('order.returned'), 'Space');
      await page.getByText('3 chosen').waitFor();
      await reach(page, page.getByLabel('Channels', { exact: true }));
      await page.keyboard.type('project_1');
      await page.keyboard.press('Enter');
      await page.getByRole('list', { name: 'Channels' }).getByText('project_1').waitFor();
      await pressAt(page, page.locator('summary'));
      await reach(page, page.getByLabel('Messages per second'));
      await page.keyboard.type('20');
      await pressAt(page, button(page, 'Add endpoint'));
      await screen(page, `${receiver.url}/by-keys`);
      await page.locator('h1:focus').waitFor();
    });
    const [made] = (
      await unwrap(server.client.endpoint.list({ params: { app_id: application.id }, query: {} }))
    ).data;
    expect(made).toMatchObject({ description: 'Made by keys', throttleRate: 20, channels: ['project_1'] });
    expect(made?.eventTypes?.toSorted()).toEqual(['invoice.paid', 'order.created', 'order.shipped']);
  });

  test('opens menus, dialogs and tabs, and gets the focus back', async () => {
    const { server } = setting();
    const application = await server.createApplication();
    const { well } = await fillScene(server, application, receiver);
    await withPage(setting(), async (page) => {
      await page.goto(linkTo(await server.link(application), `/endpoints/${well.id}`));
      await page.getByRole('row').filter({ hasText: 'msg_' }).first().waitFor();
      const replay = button(page, 'Replay');
      await pressAt(page, replay);
      const items = page.getByRole('menuitem');
      await items.first().waitFor();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('End');
      await expect.poll(() => hasFocus(items.last())).toBe(true);
      await page.keyboard.press('Escape');
      await items.first().waitFor({ state: 'detached' });
      await expect.poll(() => hasFocus(replay)).toBe(true);

      await page.keyboard.press('Enter');
      await items.first().waitFor();
      await page.keyboard.press('Home');
      await expect.poll(() => hasFocus(items.first())).toBe(true);
      await page.keyboard.press('Enter');
      await dialog(page).waitFor();
      await keepsFocus(page);
      await page.keyboard.press('Escape');
      await dialog(page).waitFor({ state: 'detached' });
      await expect.poll(() => hasFocus(replay)).toBe(true);

      // The tabs are links: what they lead to begins where the reader is, and Back leads back.
      await pressAt(page, page.getByRole('link', { name: 'Advanced' }));
      await page.getByText('x-tenant').waitFor();
      await pressAt(
        page,
        page.getByRole('region', { name: 'Throttling' }).getByRole('button', { name: 'Edit' }),
      );
      await reach(page, page.getByLabel('Messages per second'));
      await page.keyboard.press('Control+A');
      await page.keyboard.type('70');
      await page.keyboard.press('Enter');
      await page.getByText('Messages per second: at most 70').waitFor();
      await pressAt(page, page.getByRole('link', { name: 'Testing' }));
      await reach(page, page.getByLabel('Event type'));
      await page.keyboard.type('invoice.paid');
      await pressAt(page, button(page, 'Send example'));
      await page.getByText('Delivered', { exact: true }).waitFor();
    });
  });

  test('opens a message, reads how it fared, and sends it again', async () => {
    const { server } = setting();
    const application = await server.createApplication();
    const { paid } = await fillScene(server, application, receiver);
    await withPage(setting(), async (page) => {
      await page.goto(await server.link(application));
      await home(page);
      await page.getByText('/hooks/accounting').waitFor();
      await reach(page, page.getByRole('navigation').getByRole('link', { name: 'Messages' }), 'Shift+Tab');
      await page.keyboard.press('Enter');
      await screen(page, 'Messages');
      await pressAt(page, page.getByRole('row').filter({ hasText: paid.id }).getByRole('link'));
      await page.locator('h1:focus', { hasText: 'invoice.paid' }).waitFor();
      await pressAt(page, button(page, 'Raw'));
      await page.getByText('{"type":"invoice.paid","invoiceId":"inv_2048","amount":4200}').waitFor();
      const well = page.getByRole('listitem').filter({ hasText: '/hooks/accounting' });
      await pressAt(page, well.locator('summary').first());
      await well.getByText('{"received":true}').waitFor();

      const requests = () => receiver.requests.filter(({ headers }) => headers['svix-id'] === paid.id).length;
      const before = requests();
      const resend = well.getByRole('button', { name: 'Resend' });
      await reach(page, resend, 'Shift+Tab');
      await page.keyboard.press('Enter');
      await dialog(page).waitFor();
      await keepsFocus(page);
      await pressAt(page, dialog(page).getByRole('button', { name: 'Resend' }));
      await dialog(page).waitFor({ state: 'detached' });
      await expect.poll(() => hasFocus(resend)).toBe(true);
      await expect.poll(requests).toBeGreaterThan(before);
    });
  });
});
