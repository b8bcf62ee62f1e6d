import { describe, expect, test } from 'vitest';
import { isBrowserMissing } from './browser';
import { home, linkTo, useSetting, withPage } from './walk';

describe.skipIf(isBrowserMissing)('a customer in the portal', () => {
  const setting = useSetting();

  test('comes in by a link, which leaves the address at once', async () => {
    const { application, server } = setting();
    await withPage(setting(), async (page) => {
      const url = await server.link(application);
      await page.goto(url);
      await home(page);
      await page.getByRole('banner').getByText(application.name).waitFor();
      expect(page.url()).toBe(`${server.url}/${application.id}/endpoints`);
      expect(await page.title()).toBe('Endpoints · Webhooks');
      expect(await page.locator('html').getAttribute('lang')).toBe('en');
      await page.getByRole('navigation').getByRole('link', { name: 'Your access' }).click();
      await page.getByText('5 of 5 allowed').waitFor();
      expect(await page.title()).toBe('Your access · Webhooks');
    });
  });

  test('sees what a limited session may do, and when it ends', async () => {
    const { application, server } = setting();
    await withPage(setting(), async (page) => {
      const limited = { capabilities: ['ViewBase', 'CreateAttempts'] as const, expiry: 3600 };
      const link = await server.link(application, { ...limited, capabilities: [...limited.capabilities] });
      await page.goto(linkTo(link, '/access'));
      await page.getByText('2 of 5 allowed').waitFor();
      const allowed = page.getByRole('listitem').filter({ has: page.getByText('Allowed', { exact: true }) });
      expect(await allowed.locator('span:nth-of-type(2)').allTextContents()).toEqual([
        'See endpoints and messages',
        'Send and resend messages',
      ]);
      expect(await page.getByText('Not allowed', { exact: true }).count()).toBe(3);
      await page.getByText(/in (1 hour|60 minutes|59 minutes)/).waitFor();
    });
  });

  test('keeps the session over a reload', async () => {
    const { application, server } = setting();
    await withPage(setting(), async (page) => {
      await page.goto(await server.link(application));
      await home(page);
      await page.reload();
      await home(page);
      await page.getByRole('banner').getByText(application.name).waitFor();
    });
  });

  test('goes on where the tab was, when the same link is opened in it again', async () => {
    const { application, server } = setting();
    await withPage(setting(), async (page) => {
      const url = await server.link(application);
      await page.goto(url);
      await home(page);
      const exchanges: string[] = [];
      page.on('request', (request) => {
        if (request.url().includes('one-time-token')) exchanges.push(request.url());
      });
      await page.goto(url);
      await home(page);
      expect(exchanges).toEqual([]);
    });
  });

  test('exchanges the code of a link once, and leaves nothing to go back to', async () => {
    const { application, server } = setting();
    await withPage(setting(), async (page) => {
      const exchanges: string[] = [];
      page.on('request', (request) => {
        if (request.url().includes('one-time-token')) exchanges.push(request.method());
      });
      await page.goto(await server.link(application));
      await home(page);
      expect(exchanges).toEqual(['POST']);
      await page.goBack();
      expect(page.url()).toBe('about:blank');
    });
  });

  test('comes in by a link of the former form', async () => {
    const { application, server } = setting();
    await withPage(setting(), async (page) => {
      const { token } = await server.access(application);
      const key = Buffer.from(JSON.stringify({ appId: application.id, token })).toString('base64url');
      await page.goto(`${server.url}/login#key=${key}`);
      await home(page);
      expect(page.url()).toBe(`${server.url}/${application.id}/endpoints`);
    });
  });
});
