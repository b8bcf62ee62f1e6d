import { unwrap } from '@postrider/client';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isBrowserMissing } from './browser';
import { type Receiver, startReceiver } from './receiver';
import { defineEventTypes, endpointIn, sendMessage } from './scene';
import { linkTo, screen, useSetting, withPage } from './walk';

describe.skipIf(isBrowserMissing)('a customer who builds a receiver', () => {
  const setting = useSetting();
  let receiver: Receiver;
  beforeAll(async () => {
    receiver = await startReceiver();
    const { application, server } = setting();
    await defineEventTypes(server);
    const params = { app_id: application.id };
    const body = endpointIn(`${receiver.url}/hook`, { description: 'Mine' });
    await unwrap(server.client.endpoint.create({ params, body, headers: {} }));
    await sendMessage(server, application, 'order.created');
  });
  afterAll(() => receiver?.stop());

  const fill = async (page: Page, body: string, headers: Readonly<Record<string, unknown>>) => {
    const text = Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}`);
    await page.getByLabel('Headers', { exact: true }).fill(text.join('\n'));
    await page.getByLabel('Body').fill(body);
    await page.getByRole('button', { name: 'Check a delivery' }).click();
  };

  test('finds a delivery genuine with the secret of the endpoint, and a changed one not', async () => {
    const { application, server } = setting();
    await expect.poll(() => receiver.requests.length).toBe(1);
    const [received] = receiver.requests;
    if (received === undefined) throw new Error('nothing was received');
    await withPage(setting(), async (page) => {
      await page.goto(linkTo(await server.link(application), '/verify'));
      await page.getByLabel('Secret from').click();
      await page.getByRole('option', { name: `${receiver.url}/hook` }).click();
      expect(await page.getByLabel('Secret from').inputValue()).toBe(`${receiver.url}/hook (Mine)`);
      const calls: string[] = [];
      page.on('request', (request) => calls.push(request.postData() ?? ''));
      await fill(page, received.body, received.headers);
      await page.getByText('The delivery is genuine').waitFor();
      await fill(page, `${received.body} `, received.headers);
      await page.getByText('The signature does not match').waitFor();
      await fill(page, received.body, { ...received.headers, 'svix-timestamp': '1700000000' });
      await page.getByText('The delivery is too old').waitFor();
      expect(calls.join('\n')).not.toContain('order.created');
    });
  });

  test('chooses an endpoint by keys alone, and goes back to a secret of their own', async () => {
    const { application, server } = setting();
    await withPage(setting(), async (page) => {
      await page.goto(linkTo(await server.link(application), '/verify'));
      const field = page.getByRole('combobox', { name: 'Secret from' });
      await field.focus();
      expect(await field.getAttribute('aria-expanded')).toBe('false');
      await page.keyboard.type('nothing of the kind');
      await page.getByRole('status').getByText('No endpoint matches').waitFor();
      await page.keyboard.press('Escape');
      expect(await field.inputValue()).toBe('Paste a secret');
      await page.keyboard.type('mine');
      expect(await field.getAttribute('aria-expanded')).toBe('true');
      await page.getByRole('status').getByText('Found: 1').waitFor();
      await page.keyboard.press('ArrowDown');
      const active = await field.getAttribute('aria-activedescendant');
      expect(await page.getByRole('option').getAttribute('id')).toBe(active);
      await page.keyboard.press('Enter');
      expect(await field.inputValue()).toBe(`${receiver.url}/hook (Mine)`);
      await page.getByLabel('Signing secret').waitFor({ state: 'detached' });
      await page.keyboard.press('ArrowDown');
      await page.getByRole('status').getByText('Endpoints: 1').waitFor();
      await page.getByRole('option', { selected: true }).getByText('Mine').waitFor();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await page.getByLabel('Signing secret').waitFor();
      expect(await field.inputValue()).toBe('Paste a secret');
    });
  });

  test('is told when the endpoints cannot be loaded, and gets them by typing on', async () => {
    const { application, server } = setting();
    await withPage(setting(), async (page, complaints) => {
      const refusal = { status: 422, contentType: 'application/json', body: '{"detail":[]}' };
      await page.route(/\/endpoint\/\?/, (route) => route.fulfill(refusal), { times: 1 });
      await page.goto(linkTo(await server.link(application), '/verify'));
      const field = page.getByRole('combobox', { name: 'Secret from' });
      await field.click();
      await page.getByRole('status').getByText('Not all endpoints could be loaded').waitFor();
      await field.fill('mine');
      await page.getByRole('option', { name: 'Mine' }).waitFor();
      // The browser itself logs the refusal.
      expect(complaints.splice(0)).toHaveLength(1);
    });
  });

  test('pastes a secret where the session may not see any', async () => {
    const { application, server } = setting();
    await withPage(setting(), async (page) => {
      const link = await server.link(application, { capabilities: ['ViewBase'] });
      await page.goto(linkTo(link, '/verify'));
      await screen(page, 'Verify a signature');
      expect(await page.getByLabel('Secret from').count()).toBe(0);
      await page.getByLabel('Signing secret').fill('whsk_abc');
      await fill(page, '{}', { 'svix-id': 'msg_1' });
      await page.getByText('This is no signing secret').waitFor();
      await page.getByRole('button', { name: 'Python' }).click();
      await page.getByText('WebhookVerificationError').first().waitFor();
    });
  });

  test('looks up what a message holds', async () => {
    const { application, server } = setting();
    await withPage(setting(), async (page) => {
      await page.goto(linkTo(await server.link(application), '/event-types'));
      await page.getByRole('region', { name: 'Billing' }).waitFor();
      await page.getByLabel('Search event types').fill('money nowhere');
      await page.getByText('No event type matches').waitFor();
      await page.getByLabel('Search event types').fill('paid in full');
      await page.getByRole('link', { name: 'invoice.paid' }).click();
      await screen(page, 'invoice.paid');
      await page.getByText('The number on the invoice.').waitFor();
      await page.getByText('Espresso beans').waitFor();
      await page.getByRole('region', { name: 'Example' }).getByRole('combobox').selectOption('Example 2');
      await page.getByText('"inv_2049"').waitFor();
    });
  });
});
