import { unwrap } from '@postrider/client';
import type { ApplicationOut } from '@postrider/contract';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isBrowserMissing } from './browser';
import { type Receiver, startReceiver } from './receiver';
import { prepareEndpoint, sendMessage } from './scene';
import { linkTo, screen, useSetting, withPage } from './walk';

describe.skipIf(isBrowserMissing)('the banner of an endpoint', () => {
  const setting = useSetting();
  let receiver: Receiver;
  beforeAll(async () => {
    receiver = await startReceiver();
  });
  afterAll(() => receiver?.stop());

  const banner = (page: Page, title: string) =>
    page.getByRole('main').locator('[data-tone]').filter({ hasText: title });
  const isDisabled = 'This endpoint is disabled';

  test('says that the operator disabled it', async () => {
    const { server, link, params } = await prepareEndpoint(setting().server, receiver, '/operator');
    await unwrap(server.client.endpoint.patch({ params, body: { disabled: true } }));
    await withPage(setting(), async (page) => {
      await page.goto(link);
      const note = banner(page, isDisabled);
      await note.getByText('The company that sends you webhooks disabled it').waitFor();
      expect(await note.locator('time').count()).toBe(1);
    });
  });

  test('says that somebody did it in the portal', async () => {
    const { link } = await prepareEndpoint(setting().server, receiver, '/customer');
    await withPage(setting(), async (page) => {
      await page.goto(link);
      await page.getByRole('button', { name: 'More actions' }).click();
      await page.getByRole('menuitem', { name: 'Disable' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click();
      await banner(page, isDisabled).getByText('Somebody with access to this portal').waitFor();
    });
  });

  test('says that its own answer did it', async () => {
    const { server, link, params } = await prepareEndpoint(setting().server, receiver, '/gone');
    await sendMessage(server, { id: params.app_id } as ApplicationOut, 'order.created');
    await expect
      .poll(async () => (await unwrap(server.client.endpoint.get({ params }))).disabled, { timeout: 30_000 })
      .toBe(true);
    await withPage(setting(), async (page) => {
      await page.goto(link);
      await banner(page, isDisabled).getByText('because it answered 410 Gone').waitFor();
    });
  });

  test('tells plainly that content is gone, and keeps a payload that only looks like it', async () => {
    const { application, server } = setting();
    const send = (payload: Record<string, unknown>) =>
      sendMessage(server, application, 'order.created', { payload });
    const [gone, kept] = [await send({ secret: 'of a customer' }), await send({ expired: true })];
    await unwrap(
      server.client.message.expungeContent({ params: { app_id: application.id, msg_id: gone.id } }),
    );
    await withPage(setting(), async (page) => {
      await page.goto(linkTo(await server.link(application), `/messages/${gone.id}`));
      await screen(page, 'order.created');
      await page.getByText('The content is no longer kept').waitFor();
      await page.goto(`${server.url}/${application.id}/messages/${kept.id}`);
      await page.getByText('"expired"').waitFor();
      expect(await page.getByText('The content is no longer kept').count()).toBe(0);
    });
  });
});
