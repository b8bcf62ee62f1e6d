import { unwrap } from '@postrider/client';
import type { ApplicationOut, EndpointIn } from '@postrider/contract';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isBrowserMissing } from './browser';
import { type Receiver, startReceiver } from './receiver';
import { defineEventTypes, endpointIn, prepareEndpoint, sendMessage } from './scene';
import { home, linkTo, screen, useSetting, withPage } from './walk';

describe.skipIf(isBrowserMissing)('a customer with endpoints', () => {
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

  test.each(['en', 'de'])(
    'has all buttons of a disabled one in one line on a phone, in %s',
    async (language) => {
      const { link } = await prepare('/phone', { disabled: true });
      const phone = { viewport: { width: 375, height: 800 } };
      await withPage(
        setting(),
        async (page) => {
          await page.goto(link.replace('/login?', `/login?locale=${language}&`));
          const menus = page.getByRole('main').locator('[aria-haspopup=menu]');
          await menus.last().waitFor();
          const tops = await Promise.all([menus.first(), menus.last()].map((one) => one.boundingBox()));
          expect(tops[0]?.y).toBe(tops[1]?.y);
        },
        phone,
      );
    },
  );

  test('adds one, and is told what is wrong with it first', async () => {
    const { server } = setting();
    const application = await server.createApplication();
    await withPage(setting(), async (page) => {
      await page.goto(await server.link(application));
      await page.getByText('No endpoints yet').waitFor();
      await page.getByRole('link', { name: 'Add endpoint' }).first().click();
      await screen(page, 'Add an endpoint');
      await page.getByLabel('Address (URL)').fill('example.com/hooks');
      await button(page, 'Add endpoint').click();
      await page.getByText('Enter an address that begins with https:// or http://').waitFor();
      await page.getByLabel('Address (URL)').fill(`${receiver.url}/new`);
      await page.getByLabel('Description').fill('Orders');
      await page.getByText('Receives all event types').waitFor();
      await page.getByLabel('Billing (2)').check();
      await page.getByLabel('Search event types').fill('shipped');
      await page.getByLabel('order.shipped').check();
      await page.getByText('3 chosen').waitFor();
      await page.getByLabel('Channels').fill('project_1');
      await page.getByLabel('Channels').press('Enter');
      await page.getByText('More settings').click();
      await page.getByLabel('Messages per second').fill('20');
      await button(page, 'Add header').click();
      await page.getByLabel('Name').fill('x-tenant');
      await page.getByLabel('Value of x-tenant').fill('harbour');
      await button(page, 'Add endpoint').click();
      await screen(page, `${receiver.url}/new`);
    });
    const [made] = (
      await unwrap(server.client.endpoint.list({ params: { app_id: application.id }, query: {} }))
    ).data;
    if (made === undefined) throw new Error('no endpoint was made');
    expect(made).toMatchObject({ description: 'Orders', throttleRate: 20, channels: ['project_1'] });
    expect(made.eventTypes?.toSorted()).toEqual(['invoice.overdue', 'invoice.paid', 'order.shipped']);
    const headers = await unwrap(
      server.client.endpoint.getHeaders({ params: { app_id: application.id, endpoint_id: made.id } }),
    );
    expect(headers.headers).toEqual({ 'x-tenant': 'harbour' });
  });

  test('sees what the server finds wrong at the field it is about', async () => {
    const { server } = setting();
    const application = await server.createApplication();
    await withPage(setting(), async (page, complaints) => {
      await page.goto(linkTo(await server.link(application), '/endpoints/new'));
      await page.getByLabel('Address (URL)').fill(`${receiver.url}/new`);
      await page.getByText('More settings').click();
      await page.getByLabel('Signing secret').fill('too short');
      await button(page, 'Add endpoint').click();
      await page.getByRole('alert').filter({ hasText: 'This was not accepted' }).waitFor();
      expect(complaints.splice(0)).toHaveLength(1);
    });
  });

  test('changes one, and loses nothing that the form does not show', async () => {
    const { client } = setting().server;
    const old = { params: { event_type_name: 'order.archived' } };
    const body = { description: '', archived: false, deprecated: false };
    await unwrap(client.eventType.upsert({ ...old, body }));
    const { server, link, params } = await prepare('/change', {
      eventTypes: ['order.created', 'order.archived'],
      metadata: { plan: 'gold' },
    });
    await unwrap(client.eventType.delete({ ...old, query: {} }));
    await withPage(setting(), async (page) => {
      await page.goto(link);
      await page.getByRole('link', { name: 'Edit' }).click();
      await screen(page, 'Change the endpoint');
      await page.getByLabel('Description').fill('Changed');
      await page.getByLabel('Search event types').fill('shipped');
      await page.getByLabel('order.shipped').check();
      await button(page, 'Save').click();
      await screen(page, `${receiver.url}/change`);
      await page.getByText('Changed', { exact: true }).first().waitFor();
    });
    const changed = await unwrap(server.client.endpoint.get({ params }));
    expect(changed).toMatchObject({ description: 'Changed', metadata: { plan: 'gold' } });
    expect(changed.eventTypes?.toSorted()).toEqual(['order.archived', 'order.created', 'order.shipped']);
  });

  test('disables one after a question, and enables it from the banner', async () => {
    const { server, link, params } = await prepare('/switch');
    await withPage(setting(), async (page) => {
      await page.goto(link);
      await button(page, 'More actions').click();
      await page.getByRole('menuitem', { name: 'Disable' }).click();
      await dialog(page).getByRole('button', { name: 'Cancel' }).click();
      await dialog(page).waitFor({ state: 'detached' });
      expect((await unwrap(server.client.endpoint.get({ params }))).disabled).toBe(false);
      await button(page, 'More actions').click();
      await page.getByRole('menuitem', { name: 'Disable' }).click();
      await dialog(page).getByRole('button', { name: 'Disable' }).click();
      await page.getByText('This endpoint is disabled').waitFor();
      expect((await unwrap(server.client.endpoint.get({ params }))).disabled).toBe(true);
      await button(page, 'Enable').click();
      await page.getByText('This endpoint is disabled').waitFor({ state: 'detached' });
      expect((await unwrap(server.client.endpoint.get({ params }))).disabled).toBe(false);
    });
  });

  test('deletes one after a question', async () => {
    const { server, link, application } = await prepare('/delete');
    await withPage(setting(), async (page) => {
      await page.goto(link);
      await button(page, 'More actions').click();
      await page.getByRole('menuitem', { name: 'Delete' }).click();
      await dialog(page).getByRole('button', { name: 'Delete' }).click();
      await home(page);
      await page.getByText('No endpoints yet').waitFor();
    });
    const list = await unwrap(server.client.endpoint.list({ params: { app_id: application.id }, query: {} }));
    expect(list.data).toEqual([]);
  });

  test('sees the secret only when it is asked for, and replaces it', async () => {
    const { server, link, params } = await prepare('/secret');
    const before = (await unwrap(server.client.endpoint.getSecret({ params }))).key;
    await withPage(setting(), async (page) => {
      await page.goto(link);
      await button(page, 'Show').waitFor();
      expect(await page.content()).not.toContain(before);
      await button(page, 'Show').click();
      await page.getByText(before).waitFor();
      await button(page, 'Rotate').click();
      await dialog(page).getByLabel('The old secret goes on for').selectOption('Not at all');
      await dialog(page).getByRole('button', { name: 'Rotate secret' }).click();
      await dialog(page).waitFor({ state: 'detached' });
      const after = (await unwrap(server.client.endpoint.getSecret({ params }))).key;
      expect(after).not.toBe(before);
      await page.getByText(after).waitFor();
      await button(page, 'Hide').click();
      expect(await page.content()).not.toContain(after);
    });
  });

  test('changes headers without seeing hidden ones, and the throttle', async () => {
    const { server, link, params } = await prepare('/advanced', {
      headers: { 'x-a': '1', 'x-b': '2', authorization: 'Bearer hidden' },
    });
    await withPage(setting(), async (page) => {
      await page.goto(link);
      await page.getByRole('link', { name: 'Advanced' }).click();
      await page.getByText('There is no limit').waitFor();
      await button(page, 'Edit').first().click();
      await page.getByLabel('Messages per second').fill('0');
      await button(page, 'Save').click();
      await page.getByText('Enter a whole number from 1 to 65535').waitFor();
      await page.getByLabel('Messages per second').fill('5');
      await button(page, 'Save').click();
      await page.getByText('Messages per second: at most 5').waitFor();
      await page.getByText('Nothing is held back').waitFor();
      await button(page, 'Edit').last().click();
      await page.getByLabel('Value of x-a').fill('one');
      await button(page, 'Remove x-b').click();
      await button(page, 'Save').click();
      await page.getByText('one', { exact: true }).waitFor();
      expect(await page.content()).not.toContain('Bearer hidden');
    });
    const headers = await unwrap(server.client.endpoint.getHeaders({ params }));
    expect(headers).toEqual({ headers: { 'x-a': 'one' }, sensitive: ['authorization'] });
    await sendMessage(server, { id: params.app_id } as ApplicationOut, 'order.created');
    const received = () => receiver.requests.find(({ path }) => path === '/advanced');
    await expect.poll(received).toMatchObject({ headers: { authorization: 'Bearer hidden' } });
  });

  test('gets by with the keyboard: a dialog keeps the focus and gives it back', async () => {
    const { link } = await prepare('/keyboard');
    await withPage(setting(), async (page) => {
      await page.goto(link);
      await button(page, 'Rotate').focus();
      await page.keyboard.press('Enter');
      await dialog(page).waitFor();
      for (let step = 0; step < 8; step += 1) {
        await page.keyboard.press('Tab');
        const isInside = await page.evaluate(
          () =>
            document.activeElement === document.body || document.activeElement?.closest('dialog') !== null,
        );
        expect(isInside).toBe(true);
      }
      await page.keyboard.press('Escape');
      await dialog(page).waitFor({ state: 'detached' });
      expect(await button(page, 'Rotate').evaluate((element) => element === document.activeElement)).toBe(
        true,
      );
    });
  });

  test('gets the focus back where a menu was opened', async () => {
    const { link } = await prepare('/menu');
    await withPage(setting(), async (page) => {
      await page.goto(link);
      await button(page, 'More actions').focus();
      await page.keyboard.press('Enter');
      await page.getByRole('menuitem', { name: 'Disable' }).waitFor();
      await page.getByRole('menuitem', { name: 'Delete' }).press('Enter');
      await dialog(page).waitFor();
      await page.keyboard.press('Escape');
      await dialog(page).waitFor({ state: 'detached' });
      const isBack = () =>
        button(page, 'More actions').evaluate((element) => element === document.activeElement);
      await expect.poll(isBack).toBe(true);
    });
  });

  test('is told when an endpoint is not there', async () => {
    const { server, application } = setting();
    await withPage(setting(), async (page, complaints) => {
      await page.goto(linkTo(await server.link(application), '/endpoints/ep_3333333333333333333333333aa'));
      await screen(page, 'This endpoint is not here');
      await page.getByRole('main').getByRole('link', { name: 'Endpoints' }).click();
      await home(page);
      expect(complaints.splice(0).every((text) => text.includes('404'))).toBe(true);
    });
  });

  test('can try again what did not load, and keeps what did', async () => {
    const { link, endpoint } = await prepare('/broken');
    await withPage(setting(), async (page, complaints) => {
      await page.route('**/stats/**', (route) => route.abort());
      await page.goto(link);
      await screen(page, endpoint.url);
      await page.getByText('The service could not be reached').waitFor();
      await page.getByText('No attempts yet').waitFor();
      await page.unroute('**/stats/**');
      await button(page, 'Try again').click();
      await page.getByRole('region', { name: 'Attempts', exact: true }).getByText('Succeeded').waitFor();
      complaints.length = 0;
    });
  });

  test('walks through a long list and back', async () => {
    const { server } = setting();
    const application = await server.createApplication();
    const params = { app_id: application.id };
    for (let index = 0; index < 23; index += 1) {
      const body = endpointIn(`${receiver.url}/many/${index.toString()}`);
      await unwrap(server.client.endpoint.create({ params, body, headers: {} }));
    }
    await withPage(setting(), async (page) => {
      await page.goto(await server.link(application));
      await page.getByText('/many/22').waitFor();
      const rows = page.getByRole('row').filter({ hasText: '/many/' });
      expect(await rows.count()).toBe(20);
      await button(page, 'Older').click();
      await page.getByText('/many/0').waitFor();
      expect(await rows.count()).toBe(3);
      expect(await button(page, 'Older').isDisabled()).toBe(true);
      await button(page, 'Newer').click();
      await page.getByText('/many/22').waitFor();
    });
  });
});
