import { describe, expect, test } from 'vitest';
import { isBrowserMissing } from './browser';
import { home, screen, useSetting, withPage } from './walk';

/** A link with parameters before its hash, as operators add them. */
const withQuery = (link: string, query: string) => link.replace('/login', `/login?${query}`);

describe.skipIf(isBrowserMissing)("a link's parameters", () => {
  const setting = useSetting();

  test('choose the language, over the one of the device', async () => {
    const { application, server } = setting();
    await withPage(setting(), async (page) => {
      await page.goto(withQuery(await server.link(application), 'locale=de&next=/access'));
      await screen(page, 'Ihre Rechte');
      expect(await page.locator('html').getAttribute('lang')).toBe('de');
      await page.getByText('in 7 Tagen').waitFor();
    });
  });

  test('are not needed for the language of the device', async () => {
    const { application, server } = setting();
    const options = { locale: 'de-AT' };
    await withPage(
      setting(),
      async (page) => {
        await page.goto(await server.link(application));
        await screen(page, 'Endpunkte');
      },
      options,
    );
  });

  test('choose dark colours; the last darkMode wins, and a reload keeps it', async () => {
    const { application, server } = setting();
    await withPage(setting(), async (page) => {
      const link = await server.link(application);
      await page.goto(withQuery(link, 'darkMode=false&primaryColor=ff8800&darkMode=true'));
      await home(page);
      const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
      expect(await ground()).toBe('rgb(20, 23, 28)');
      expect(new URL(page.url()).search).toBe('');
      await page.reload();
      await home(page);
      expect(await ground()).toBe('rgb(20, 23, 28)');
    });
  });

  test('leave dark or light to the device with darkMode=auto', async () => {
    const { application, server } = setting();
    await withPage(setting(), async (page) => {
      await page.emulateMedia({ colorScheme: 'dark' });
      await page.goto(withQuery(await server.link(application), 'darkMode=auto'));
      await home(page);
      await page.locator('html[data-mantine-color-scheme=dark]').waitFor();
      await page.emulateMedia({ colorScheme: 'light' });
      await page.locator('html[data-mantine-color-scheme=light]').waitFor();
    });
  });

  test("do not take the switch from the reader's hand", async () => {
    const { application, server } = setting();
    await withPage(setting(), async (page) => {
      await page.goto(await server.link(application));
      await home(page);
      await page.getByRole('button', { name: 'Use dark colours' }).click();
      await page.locator('html[data-mantine-color-scheme=dark]').waitFor();
      await page.goto(await server.link(application));
      await home(page);
      await page.getByRole('button', { name: 'Use light colours' }).waitFor();
    });
  });

  test('are in force before anything is drawn', async () => {
    const { server } = setting();
    await withPage(setting(), async (page) => {
      // The portal itself never comes: what is seen is the first paint alone.
      await page.route('**/assets/index-*.js', () => undefined);
      await page.goto(`${server.url}/login?darkMode=true`, { waitUntil: 'commit' });
      await page.locator('html[data-mantine-color-scheme=dark]').waitFor({ state: 'attached' });
      const ground = await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
      expect(ground).toBe('rgb(20, 23, 28)');
    });
  });

  test('colour the portal, and stay readable', async () => {
    const { server } = setting();
    await withPage(setting(), async (page, complaints) => {
      await page.route('**/one-time-token/**', (route) => route.abort());
      const key = Buffer.from(JSON.stringify({ appId: 'app_1', oneTimeToken: 'x' })).toString('base64');
      await page.goto(`${server.url}/login?primaryColor=111111&primaryColorLight=ffd43b#key=${key}`);
      const button = page.getByRole('button', { name: 'Try again' });
      await button.waitFor();
      const { background, text } = await button.evaluate((element) => {
        const label = element.querySelector('.mantine-Button-label') ?? element;
        const { backgroundColor } = getComputedStyle(element);
        return { background: backgroundColor, text: getComputedStyle(label).color };
      });
      expect(background).toBe('rgb(255, 212, 59)');
      expect(text).toBe('rgb(0, 0, 0)');
      complaints.length = 0;
    });
  });

  test('bring an icon and a font, but no style of their own', async () => {
    const { application, server } = setting();
    await withPage(setting(), async (page) => {
      const icon =
        'data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20"><rect width="20" height="20"/></svg>';
      const query = new URLSearchParams({ icon, fontFamily: 'Georgia' });
      await page.goto(withQuery(await server.link(application), query.toString()));
      await home(page);
      await page.getByRole('banner').locator('img').waitFor();
      const font = () => page.evaluate(() => getComputedStyle(document.body).fontFamily);
      expect(await font()).toMatch(/^"?Georgia"?, /);
      const evil = new URLSearchParams({ fontFamily: 'x;} body { display: none', primaryColor: 'red;}' });
      await page.goto(withQuery(await server.link(application), evil.toString()));
      await home(page);
      expect(await font()).toMatch(/^system-ui/);
    });
  });

  test('fall back to our mark where the icon does not load', async () => {
    const { application, server } = setting();
    await withPage(setting(), async (page) => {
      const query = new URLSearchParams({ icon: 'data:image/png;base64,AAAA' });
      await page.goto(withQuery(await server.link(application), query.toString()));
      await home(page);
      await page.getByRole('banner').locator('img').waitFor({ state: 'detached' });
      await page.getByRole('banner').locator('span svg').first().waitFor();
    });
  });

  test.each(['//evil.example', 'https://evil.example', '/\\evil.example', '/%2e%2e/api/v1/app'])(
    'do not lead out of the portal: next=%s',
    async (next) => {
      const { application, server } = setting();
      await withPage(setting(), async (page) => {
        const query = new URLSearchParams({ next }).toString();
        await page.goto(withQuery(await server.link(application), query));
        await home(page);
        expect(page.url()).toBe(`${server.url}/${application.id}/endpoints`);
      });
    },
  );

  test('lead to a page of the application', async () => {
    const { application, server } = setting();
    await withPage(setting(), async (page) => {
      await page.goto(withQuery(await server.link(application), 'next=%2Fsome%2Fpage'));
      await screen(page, 'There is no such page');
      expect(page.url()).toBe(`${server.url}/${application.id}/some/page`);
    });
  });
});
