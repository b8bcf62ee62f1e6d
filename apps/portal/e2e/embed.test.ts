import { unwrap } from '@postrider/client';
import type { Frame, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isBrowserMissing } from './browser';
import { contentHeight, portalFrame, settledHeight } from './framed';
import { type Host, startHost } from './host';
import { SCREENSHOTS } from './inspect';
import { type Receiver, startReceiver } from './receiver';
import { fillScene, type Scene } from './scene';
import { home, screen, useSetting, withPage } from './walk';

const CANNOT_COPY = 'This could not be copied here';

describe.skipIf(isBrowserMissing)('what an operator embeds', () => {
  const setting = useSetting();
  let host: Host;
  let receiver: Receiver;
  let scene: Scene;
  beforeAll(async () => {
    [host, receiver] = await Promise.all([startHost(), startReceiver()]);
    scene = await fillScene(setting().server, setting().application, receiver);
  });
  afterAll(() => Promise.all([host?.stop(), receiver?.stop()]));

  const link = async (query: Record<string, string>) => {
    const { application, server } = setting();
    return (await server.link(application)).replace('/login', `/login?${new URLSearchParams(query)}`);
  };
  const variable = (frame: Frame, name: string) =>
    frame.evaluate(
      (property) => getComputedStyle(document.documentElement).getPropertyValue(property).trim(),
      name,
    );
  const paddingOf = (frame: Frame) =>
    frame.getByRole('main').evaluate((main) => Number.parseFloat(getComputedStyle(main).paddingLeft));

  test('is one page, without navigation and gutters, in the colours and the language of the link', async () => {
    await withPage(setting(), async (page) => {
      await page.emulateMedia({ colorScheme: 'dark' });
      const query = {
        hideNavigation: 'true',
        noGutters: 'true',
        next: '/messages',
        darkMode: 'auto',
        primaryColorLight: '0b7a75',
        primaryColorDark: 'ffd43b',
        fontFamily: 'Georgia',
        locale: 'de',
      };
      await page.goto(host.plainFrame(await link(query)));
      const frame = await portalFrame(page, setting().server.url);
      await screen(frame, 'Nachrichten');
      expect(await frame.locator('html').getAttribute('lang')).toBe('de');
      expect(await frame.getByRole('banner').count()).toBe(0);
      expect(await frame.getByRole('navigation').count()).toBe(0);
      expect(await paddingOf(frame)).toBe(0);
      expect(await variable(frame, '--portal-fill')).toBe('#ffd43b');
      expect(await frame.evaluate(() => getComputedStyle(document.body).fontFamily)).toMatch(/^"?Georgia/);
      await page.emulateMedia({ colorScheme: 'light' });
      await expect.poll(() => variable(frame, '--portal-fill')).toBe('#0b7a75');

      // The links of the page are the only ways on, and they keep all that.
      await frame.getByRole('link', { name: 'invoice.paid' }).click();
      await screen(frame, 'invoice.paid');
      await frame.getByText('"inv_2048"').waitFor();
      expect(await frame.getByRole('banner').count()).toBe(0);
      expect(await paddingOf(frame)).toBe(0);
    });
  });

  test('is the portal as usual where the values make no sense', async () => {
    await withPage(setting(), async (page) => {
      const query = {
        hideNavigation: 'yes',
        noGutters: '1',
        next: 'https://evil.example/',
        darkMode: 'maybe',
        primaryColor: 'red;}body{display:none',
        primaryColorLight: 'zzzzzz',
        primaryColorDark: '\u0000',
        icon: 'javascript:alert(1)',
        fontFamily: 'Comic Sans MS, url(//evil.example)',
        locale: '!!',
        dashboardTour: 'true',
        token: '<script>alert(1)</script>',
      };
      await page.goto(host.plainFrame(await link(query)));
      const frame = await portalFrame(page, setting().server.url);
      await home(frame);
      await frame.getByRole('banner').getByRole('button', { name: 'Log out' }).waitFor();
      await frame.getByRole('navigation').first().waitFor();
      expect(await frame.locator('html').getAttribute('lang')).toBe('en');
      expect(await frame.locator('html').getAttribute('data-mantine-color-scheme')).toBe('light');
      expect(await paddingOf(frame)).toBeGreaterThan(0);
      expect(await variable(frame, '--portal-fill')).toBe('#3350c4');
      expect(await frame.evaluate(() => getComputedStyle(document.body).fontFamily)).toMatch(/^system-ui/);
      expect(await frame.locator('img').count()).toBe(0);
    });
  });

  test("has the environment's palette and corners; the link's colour goes before", async () => {
    const { client } = setting().server;
    const set = (body: object) => unwrap(client.management.environmentSettings.update({ body }));
    await set({
      customColor: '#ff6347',
      customThemeOverride: { borderRadius: { button: 'none' } },
      colorPaletteLight: { backgroundPrimary: '#fff8ee' },
    });
    try {
      await withPage(setting(), async (page) => {
        await page.goto(host.plainFrame(await link({ primaryColor: '0b7a75' })));
        const frame = await portalFrame(page, setting().server.url);
        await home(frame);
        await expect.poll(() => variable(frame, '--portal-page')).toBe('#fff8ee');
        expect(await variable(frame, '--portal-fill')).toBe('#0b7a75');
        const button = frame.getByRole('link', { name: 'Add endpoint' }).first();
        expect(await button.evaluate((one) => getComputedStyle(one).borderTopLeftRadius)).toBe('0px');
      });
    } finally {
      await set({});
    }
  });

  test('loses its session at a reload where there is no storage, and says what to do', async () => {
    await withPage(setting(), async (page) => {
      await page.goto(host.plainFrame(await link({})));
      const frame = await portalFrame(page, setting().server.url);
      await home(frame);
      await frame.evaluate(() => window.location.reload());
      await screen(frame, 'Open the portal from your account');
    });
  });

  test('keeps its session at a reload where there is storage', async () => {
    await withPage(setting(), async (page) => {
      // Another origin, but of the same site: such frames have storage, also where those of other sites have none.
      await page.goto(host.plainFrame(await link({ next: '/messages' })).replace('localhost', '127.0.0.1'));
      const frame = await portalFrame(page, setting().server.url);
      await screen(frame, 'Messages');
      await frame.evaluate(() => {
        document.title = 'before the reload';
        window.location.reload();
      });
      await frame.waitForFunction(() => document.title.startsWith('Messages'));
      await screen(frame, 'Messages');
    });
  });

  describe('copies', () => {
    /** What the clipboard holds, as a page finds it into which somebody pastes. */
    const pasted = async (page: Page) => {
      const other = await page.context().newPage();
      await other.setContent('<textarea aria-label="Paste"></textarea>');
      await other.getByLabel('Paste').focus();
      await other.keyboard.press('Control+V');
      const text = await other.getByLabel('Paste').inputValue();
      await other.close();
      return text;
    };
    /** The browser's own word on a frame without `allow="clipboard-write"`. */
    const isAboutPermission = (text: string) => text.includes('Permissions policy violation');
    const copy = async (page: Page) => {
      const frame = await portalFrame(page, setting().server.url);
      await frame.getByRole('button', { name: 'Copy application ID' }).click();
      return frame;
    };

    test('with the permission of the page around it', async () => {
      const { application } = setting();
      await withPage(setting(), async (page) => {
        await page.goto(host.appPortal({ url: await link({ next: '/access' }) }));
        const frame = await copy(page);
        await frame.getByRole('status').filter({ hasText: 'Copied' }).waitFor({ state: 'attached' });
        expect(await pasted(page)).toBe(application.id);
      });
    });

    test('without it over a selection, where the browser lets it', async () => {
      await withPage(setting(), async (page, complaints) => {
        await page.goto(host.plainFrame(await link({ next: `/messages/${scene.paid.id}` })));
        const frame = await portalFrame(page, setting().server.url);
        await frame.getByRole('button', { name: 'Copy message ID' }).click();
        await frame.getByRole('status').filter({ hasText: 'Copied' }).waitFor({ state: 'attached' });
        expect(await pasted(page)).toBe(scene.paid.id);
        const isBack = () => frame.evaluate(() => document.activeElement?.getAttribute('aria-label'));
        expect(await isBack()).toBe('Copy message ID');
        expect(complaints.splice(0).every(isAboutPermission)).toBe(true);
      });
    });

    test('or says that it cannot', async () => {
      await withPage(setting(), async (page, complaints) => {
        // As in browsers that forbid the selection as well.
        await page.addInitScript(() => {
          document.execCommand = () => false;
        });
        await page.goto(host.plainFrame(await link({ next: '/access' })));
        const frame = await copy(page);
        await frame.getByRole('status').filter({ hasText: CANNOT_COPY }).waitFor({ state: 'attached' });
        const note = frame.getByText(CANNOT_COPY).last();
        await note.waitFor();
        expect(await note.evaluate((one) => one.getBoundingClientRect().right <= innerWidth)).toBe(true);
        await page.screenshot({ path: `${SCREENSHOTS}/copy-failed-1280.png` });
        expect(complaints.splice(0).every(isAboutPermission)).toBe(true);
      });
    });
  });

  test('is as high as each of its pages by AppPortal at full size, and keeps what the host says of the look', async () => {
    await withPage(setting(), async (page) => {
      const url = await link({ locale: 'ja', darkMode: 'false' });
      const look = { darkMode: 'true', fontFamily: 'Georgia', icon: 'https://logo.example/a.png' };
      await page.goto(host.appPortal({ url, fullSize: 'true', ...look }));
      const frame = await portalFrame(page, setting().server.url);
      await screen(frame, 'エンドポイント');
      await frame.locator('html[data-mantine-color-scheme=dark]').waitFor();
      expect(await frame.evaluate(() => getComputedStyle(document.body).fontFamily)).toMatch(/^"?Georgia/);
      // The page around it has the brand.
      expect(await frame.locator('img').count()).toBe(0);
      const tabs = frame.getByRole('navigation').first().getByRole('link');
      const heights = new Set<number>();
      for (let index = 0; index < (await tabs.count()); index += 1) {
        await tabs.nth(index).click();
        await tabs.nth(index).and(frame.locator('[aria-current=page]')).waitFor();
        await expect.poll(() => frame.locator('.mantine-Skeleton-root').count()).toBe(0);
        await expect.poll(async () => (await settledHeight(page)) - (await contentHeight(frame))).toBe(0);
        expect(await frame.evaluate(() => document.documentElement.scrollHeight - innerHeight)).toBe(0);
        heights.add(await contentHeight(frame));
      }
      expect(heights.size).toBeGreaterThan(3);
    });
  });
});
