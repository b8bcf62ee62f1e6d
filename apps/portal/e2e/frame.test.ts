import { AxeBuilder } from '@axe-core/playwright';
import { unwrap } from '@postrider/client';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isBrowserMissing } from './browser';
import { contentHeight, portalFrame, settledHeight } from './framed';
import { type Host, startHost } from './host';
import { home, linkTo, screen, useSetting, withPage } from './walk';

describe.skipIf(isBrowserMissing)('inside the frame of another site', () => {
  const setting = useSetting();
  let host: Host;
  beforeAll(async () => {
    host = await startHost();
  });
  afterAll(() => host?.stop());

  test('the portal works though the browser gives it no storage', async () => {
    const { application, server } = setting();
    await withPage(setting(), async (page) => {
      await page.goto(host.plainFrame(linkTo(await server.link(application), '/access')));
      const frame = await portalFrame(page, server.url);
      await screen(frame, 'Your access');
      await frame.locator('time').waitFor();
      const storage = await frame.evaluate(() => {
        try {
          return typeof window.sessionStorage;
        } catch (error) {
          return String(error);
        }
      });
      expect(storage).toContain('SecurityError');
      expect(frame.url()).toBe(`${server.url}/${application.id}/access`);
      const { violations } = await new AxeBuilder({ page })
        .include({ fromFrames: ['iframe', 'body'] })
        .analyze();
      expect(violations.map(({ id }) => id)).toEqual([]);

      await frame.getByRole('button', { name: 'Log out' }).click();
      await screen(frame, 'You are logged out');
    });
  });

  test('the portal draws no brand and no switch of its own; the parameter alone decides', async () => {
    const { application, server } = setting();
    await withPage(setting(), async (page) => {
      const link = (await server.link(application)).replace(
        '/login',
        '/login?hideNavigation=true&darkMode=true',
      );
      await page.goto(host.plainFrame(link));
      const frame = await portalFrame(page, server.url);
      await home(frame);
      await frame.locator('html[data-mantine-color-scheme=dark]').waitFor();
      expect(await frame.getByRole('banner').count()).toBe(0);
      expect(await frame.getByRole('button', { name: /colours|Log out/ }).count()).toBe(0);
    });
  });

  test('the portal does not pull the focus out of the page around it', async () => {
    const { application, server } = setting();
    await withPage(setting(), async (page) => {
      // The link comes late, as from a server of the operator.
      await page.goto(host.appPortal({ url: `${server.url}/login` }));
      await screen(await portalFrame(page, server.url), 'Open the portal from your account');
      await page.getByRole('textbox').focus();
      const url = await server.link(application);
      await page.evaluate((src) => document.querySelector('iframe')?.setAttribute('src', src), url);
      await home(await portalFrame(page, server.url));
      expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('INPUT');
    });
  });

  describe("by svix-react's AppPortal, in StrictMode", () => {
    test('at its own size', async () => {
      const { application, server } = setting();
      await withPage(setting(), async (page) => {
        await page.goto(
          host.appPortal({ url: linkTo(await server.link(application), '/access'), fullSize: 'false' }),
        );
        const frame = await portalFrame(page, server.url);
        await screen(frame, 'Your access');
        await frame.locator('time').waitFor();
        const before = await contentHeight(frame);
        expect(await settledHeight(page)).toBe(650);
        expect(await contentHeight(frame)).toBe(before);
      });
    });

    test.each([1280, 375])(
      'at full size, %i px wide: as high as the content, and no growth',
      async (width) => {
        const { application, server } = setting();
        const walk = async (page: Page) => {
          await page.goto(
            host.appPortal({ url: linkTo(await server.link(application), '/access'), fullSize: 'true' }),
          );
          const frame = await portalFrame(page, server.url);
          await screen(frame, 'Your access');
          await frame.locator('time').waitFor();
          const high = await settledHeight(page);
          expect(high).toBe(await contentHeight(frame));
          expect(await frame.evaluate(() => document.documentElement.scrollHeight - innerHeight)).toBe(0);

          await frame.getByRole('button', { name: 'Log out' }).click();
          await screen(frame, 'You are logged out');
          const low = await settledHeight(page);
          expect(low).toBe(await contentHeight(frame));
          expect(low).toBeLessThan(high);
        };
        await withPage(setting(), walk, { viewport: { width, height: 700 } });
      },
    );

    test('a dialog stands by what was pressed, and has room', async () => {
      const { server } = setting();
      await withPage(setting(), async (page) => {
        const application = await server.createApplication();
        const params = { app_id: application.id };
        const body = { url: 'https://receiver.example/x', description: '', version: 1, disabled: false };
        const { id } = await unwrap(server.client.endpoint.create({ params, body, headers: {} }));
        const link = linkTo(await server.link(application), `/endpoints/${id}`);
        await page.goto(host.appPortal({ url: link, fullSize: 'true' }));
        await page.setViewportSize({ width: 375, height: 700 });
        const frame = await portalFrame(page, server.url);
        const rotate = frame.getByRole('button', { name: 'Rotate' });
        await rotate.waitFor();
        // By key: what still loads may move the button from under a pointer. (The live list's stream keeps the network busy.)
        await settledHeight(page);
        const pressed = await rotate.evaluate((element) => element.getBoundingClientRect().top);
        await rotate.press('Enter');
        const dialog = frame.getByRole('dialog');
        await dialog.waitFor();
        await settledHeight(page);
        const { top, bottom, height } = await dialog.evaluate((element) => {
          const box = element.getBoundingClientRect();
          return { top: box.top, bottom: box.bottom, height: window.innerHeight };
        });
        expect(bottom).toBeLessThanOrEqual(height);
        expect(pressed).toBeGreaterThan(top);
        expect(pressed).toBeLessThan(bottom);
      });
    });

    test('the height follows the width', async () => {
      const { application, server } = setting();
      await withPage(setting(), async (page) => {
        await page.goto(
          host.appPortal({ url: linkTo(await server.link(application), '/access'), fullSize: 'true' }),
        );
        const frame = await portalFrame(page, server.url);
        await frame.locator('time').waitFor();
        const wide = await settledHeight(page);
        await page.setViewportSize({ width: 375, height: 700 });
        const narrow = await settledHeight(page);
        expect(narrow).toBeGreaterThan(wide);
        expect(narrow).toBe(await contentHeight(frame));
      });
    });

    test('what the host says of the look comes after what the link says', async () => {
      const { application, server } = setting();
      await withPage(setting(), async (page) => {
        const link = await server.link(application);
        const url = link.replace('/login', '/login?darkMode=false&primaryColor=111111');
        await page.goto(host.appPortal({ url, darkMode: 'true', primaryColor: 'ffd43b' }));
        const frame = await portalFrame(page, server.url);
        await home(frame);
        await frame.locator('html[data-mantine-color-scheme=dark]').waitFor();
        const fill = await frame.evaluate(() =>
          getComputedStyle(document.documentElement).getPropertyValue('--portal-fill').trim(),
        );
        expect(fill).toBe('#ffd43b');
      });
    });

    test('a link that is loaded again at once, as by a mount anew, still opens', async () => {
      const { application, server } = setting();
      await withPage(setting(), async (page) => {
        await page.goto(host.appPortal({ url: await server.link(application) }));
        await home(await portalFrame(page, server.url));
        await page.getByRole('button', { name: 'Mount anew' }).click();
        await home(await portalFrame(page, server.url));
      });
    });

    test('a session that the operator ends is over here too', async () => {
      const { server } = setting();
      await withPage(setting(), async (page) => {
        const application = await server.createApplication('Northwind Books');
        await page.goto(host.appPortal({ url: await server.link(application) }));
        const frame = await portalFrame(page, server.url);
        await home(frame);
        await server.expireAll(application);
        await frame.evaluate(() => document.dispatchEvent(new Event('visibilitychange', { bubbles: true })));
        await screen(frame, 'Your session has ended');
      });
    });
  });
});
