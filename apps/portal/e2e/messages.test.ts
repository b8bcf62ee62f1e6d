import { unwrap } from '@postrider/client';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isBrowserMissing } from './browser';
import { type Receiver, startReceiver } from './receiver';
import { fillScene, type Scene } from './scene';
import { linkTo, screen, useSetting, withPage } from './walk';

describe.skipIf(isBrowserMissing)('a customer with messages', () => {
  const setting = useSetting();
  let receiver: Receiver;
  let scene: Scene;
  beforeAll(async () => {
    receiver = await startReceiver();
    scene = await fillScene(setting().server, setting().application, receiver);
  });
  afterAll(() => receiver?.stop());

  const open = async (page: Page, path: string) => {
    const { application, server } = setting();
    await page.goto(linkTo(await server.link(application), path));
  };
  const rows = (page: Page) => page.getByRole('row').filter({ hasText: 'msg_' });
  const card = (page: Page, name: string) => page.getByRole('region', { name });

  test('finds one by filters and by its id', async () => {
    await withPage(setting(), async (page) => {
      await open(page, '/messages');
      await expect.poll(() => rows(page).count()).toBe(3);
      await page.getByRole('button', { name: 'Filters' }).click();
      await page.getByLabel('Channel').fill('project_1');
      await page.getByRole('button', { name: 'Apply' }).click();
      await expect.poll(() => rows(page).count()).toBe(1);
      await page.getByRole('link', { name: 'invoice.paid' }).click();
      await screen(page, 'invoice.paid');
      await page.goBack();
      await page.getByRole('button', { name: 'Filters (1)' }).waitFor();
      await page.getByLabel('Message ID').fill(scene.paid.eventId ?? '');
      await page.getByRole('button', { name: 'Open' }).click();
      await screen(page, 'invoice.paid');
    });
  });

  test('is told when there is none with this id', async () => {
    await withPage(setting(), async (page, complaints) => {
      await open(page, '/messages');
      await page.getByLabel('Message ID').fill('no-such-message');
      await page.getByLabel('Message ID').press('Enter');
      await screen(page, 'This message is not here');
      expect(complaints.splice(0).every((text) => text.includes('404'))).toBe(true);
    });
  });

  test('reads what it says, and letter by letter', async () => {
    await withPage(setting(), async (page) => {
      await open(page, `/messages/${scene.paid.id}`);
      const payload = card(page, 'Payload');
      await payload.getByText('"inv_2048"').waitFor();
      await payload.getByRole('button', { name: 'Raw' }).click();
      await payload.getByText('{"type":"invoice.paid","invoiceId":"inv_2048","amount":4200}').waitFor();
    });
  });

  test('sees how it fared at each endpoint, down to the headers', async () => {
    await withPage(setting(), async (page) => {
      await open(page, `/messages/${scene.paid.id}`);
      const deliveries = card(page, 'Deliveries');
      await deliveries.getByText('Next attempt:').waitFor();
      await deliveries.getByText('Will be retried').waitFor();
      const well = deliveries.getByRole('listitem').filter({ hasText: '/hooks/accounting' });
      await well.getByText('Succeeded').first().click();
      await well.locator('details').first().locator('summary').waitFor();
      if ((await well.locator('details[open]').count()) === 0) await well.locator('summary').click();
      await well.getByText('{"received":true}').waitFor();
      await well.getByText('x-receiver').waitFor();
      await well.getByText('svix-signature').waitFor();
      await well.getByText('x-tenant').waitFor();
      expect(await page.content()).not.toContain('of-the-customer');
    });
  });

  test('learns which rule kept it from an endpoint', async () => {
    const { application, server } = setting();
    const late = await unwrap(
      server.client.endpoint.create({
        params: { app_id: application.id },
        headers: {},
        body: {
          url: `${receiver.url}/late`,
          description: '',
          version: 1,
          disabled: false,
        },
      }),
    );
    await withPage(setting(), async (page) => {
      await open(page, `/messages/${scene.paid.id}`);
      const reasons = card(page, 'Not delivered to').getByRole('listitem');
      const reason = (path: string) => reasons.filter({ hasText: path });
      await reason('/late').getByText('The endpoint is younger than the message').waitFor();
      await reason('/archive').getByText('The endpoint is disabled').waitFor();
      await reason('/project-7').getByText('none of the endpoint’s channels (project_7)').waitFor();
      expect(await reasons.count()).toBe(3);
      // Sent by hand it gets there all the same.
      await reason('/late').getByRole('button', { name: 'Send anyway' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Resend' }).click();
      await expect.poll(() => receiver.requests.some(({ path }) => path === '/late')).toBe(true);
      await card(page, 'Deliveries').getByText('/late').waitFor();
    });
    await unwrap(server.client.endpoint.delete({ params: { app_id: application.id, endpoint_id: late.id } }));
  });

  test('learns that an endpoint does not listen to the type', async () => {
    await withPage(setting(), async (page) => {
      await open(page, '/messages');
      await page.getByRole('link', { name: 'user.signed_up' }).click();
      const reasons = card(page, 'Not delivered to').getByRole('listitem');
      await reasons.getByText('does not listen to the event type user.signed_up').waitFor();
    });
  });

  test('resends it', async () => {
    const sent = () => receiver.requests.filter(({ path }) => path === '/hooks/accounting').length;
    const before = sent();
    await withPage(setting(), async (page) => {
      await open(page, `/messages/${scene.paid.id}`);
      const well = card(page, 'Deliveries').getByRole('listitem').filter({ hasText: '/hooks/accounting' });
      await well.getByRole('button', { name: 'Resend' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Resend' }).click();
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await expect.poll(sent).toBe(before + 1);
    });
  });

  test('is told plainly that content is gone, and is not offered to resend it', async () => {
    await withPage(setting(), async (page) => {
      await page.route('**/raw/**', (route) =>
        route.fulfill({ json: { payload: '{"expired":true}', expired: true } }),
      );
      await open(page, `/messages/${scene.paid.id}`);
      await page.getByText('The content is no longer kept').waitFor();
      await card(page, 'Deliveries').getByText('/hooks/accounting').first().waitFor();
      expect(await page.getByRole('button', { name: 'Resend' }).count()).toBe(0);
    });
  });

  test('comes from an attempt of an endpoint right to its details', async () => {
    await withPage(setting(), async (page) => {
      await open(page, `/endpoints/${scene.failing.id}`);
      await page.getByRole('link', { name: 'invoice.paid' }).first().click();
      await screen(page, 'invoice.paid');
      await page.getByText('the warehouse does not answer').waitFor();
    });
  });
});
