import { describe, expect, test } from 'vitest';
import { isBrowserMissing } from './browser';
import { home, screen, useSetting, withPage } from './walk';

describe.skipIf(isBrowserMissing)('a customer who is not, or no longer, in the portal', () => {
  const setting = useSetting();

  test('logs out, here and on the server', async () => {
    const { application, server } = setting();
    await withPage(setting(), async (page) => {
      await page.goto(await server.link(application));
      await home(page);
      const logOut = page.waitForResponse((response) => response.url().includes('/auth/logout'));
      await page.getByRole('button', { name: 'Log out' }).click();
      expect((await logOut).status()).toBe(204);
      await screen(page, 'You are logged out');
      const kept = await page.evaluate(() => JSON.stringify(sessionStorage));
      expect(kept).not.toContain('appsk_');
      await page.reload();
      await screen(page, 'You are logged out');
    });
  });

  test('learns that a used link is used', async () => {
    const { application, server } = setting();
    const url = await server.link(application);
    await withPage(setting(), async (page) => {
      await page.goto(url);
      await home(page);
      await page.getByRole('button', { name: 'Log out' }).click();
      await screen(page, 'You are logged out');
    });
    await withPage(setting(), async (page) => {
      await page.goto(url);
      await screen(page, 'This link no longer works');
      expect(page.url()).toBe(`${server.url}/login`);
    });
  });

  test('comes back by a new link that replaces the used one in the same tab', async () => {
    const { application, server } = setting();
    await withPage(setting(), async (page) => {
      const key = Buffer.from(JSON.stringify({ appId: application.id, oneTimeToken: 'spent' })).toString(
        'base64',
      );
      await page.goto(`${server.url}/login#key=${key}`);
      await screen(page, 'This link no longer works');
      await page.goto(await server.link(application));
      await home(page);
    });
  });

  test('is told when the session has ended, as soon as the tab is looked at again', async () => {
    const { server } = setting();
    await withPage(setting(), async (page) => {
      const other = await server.createApplication('Northwind Books');
      await page.goto(await server.link(other));
      await home(page);
      await server.expireAll(other);
      await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange', { bubbles: true })));
      await screen(page, 'Your session has ended');
      await page.reload();
      await screen(page, 'Your session has ended');
    });
  });

  test('is told when nothing was opened, or only half a link', async () => {
    const { application, server } = setting();
    await withPage(setting(), async (page) => {
      await page.goto(`${server.url}/login`);
      await screen(page, 'Open the portal from your account');
      await page.goto(`${server.url}/login#key=eyJhcHBJZCI6`);
      await screen(page, 'This link is incomplete');
      expect(page.url()).toBe(`${server.url}/login`);
      await page.goto(`${server.url}/${application.id}`);
      await screen(page, 'Open the portal from your account');
    });
  });

  test('is told of a page that there is not, and finds home', async () => {
    const { application, server } = setting();
    await withPage(setting(), async (page) => {
      await page.goto(await server.link(application));
      await home(page);
      await page.goto(`${server.url}/${application.id}/no/such/page`);
      await screen(page, 'There is no such page');
      await page.getByRole('link', { name: 'Go to the start page' }).click();
      await home(page);
    });
  });

  test('can try again what the network broke', async () => {
    const { application, server } = setting();
    await withPage(setting(), async (page, complaints) => {
      await page.goto(await server.link(application));
      await home(page);
      await page.route('**/api/v1/app/**', (route) => route.abort());
      await page.reload();
      await screen(page, 'Something went wrong');
      await page.unroute('**/api/v1/app/**');
      await page.getByRole('button', { name: 'Try again' }).click();
      await home(page);
      complaints.length = 0;
    });
  });

  test('hears of each screen: the heading takes the focus', async () => {
    const { application, server } = setting();
    await withPage(setting(), async (page) => {
      await page.goto(await server.link(application));
      await page.locator('h1:focus', { hasText: 'Endpoints' }).waitFor();
      await page.getByRole('button', { name: 'Log out' }).press('Enter');
      await page.locator('h1:focus', { hasText: 'You are logged out' }).waitFor();
    });
  });
});
