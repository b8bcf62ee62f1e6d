import { randomBytes } from 'node:crypto';
import { AxeBuilder } from '@axe-core/playwright';
import { unwrap } from '@postrider/client';
import type { SettingsInternalIn } from '@postrider/contract';
import type { Page } from 'playwright-core';
import { afterEach, describe, expect, test } from 'vitest';
import { isBrowserMissing } from './browser';
import { home, useSetting, withPage } from './walk';

const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

describe.skipIf(isBrowserMissing)("an environment's settings", () => {
  const setting = useSetting();
  const set = (body: SettingsInternalIn) =>
    unwrap(setting().server.client.management.environmentSettings.update({ body }));
  afterEach(async () => {
    await set({});
  });

  const variable = (page: Page, name: string) =>
    page.evaluate(
      (property) => getComputedStyle(document.documentElement).getPropertyValue(property).trim(),
      name,
    );
  const open = async (page: Page, query = '') => {
    const { application, server } = setting();
    await page.goto((await server.link(application)).replace('/login', `/login?${query}`));
    await home(page);
  };

  test('colour the portal, round its corners and name it', async () => {
    await set({
      displayName: 'Harbour',
      customColor: 'tomato',
      customFontFamily: 'Georgia',
      customThemeOverride: { borderRadius: { button: 'full', card: 'none' }, fontSize: { base: 18 } },
      colorPaletteLight: { backgroundPrimary: '#fff8ee', textPrimary: 'hsl(220, 60%, 20%)' },
      colorPaletteDark: { primary: '#8ef' },
    });
    await withPage(setting(), async (page) => {
      await open(page);
      await page.getByRole('banner').getByText('Harbour · Harbour Coffee Roasters').waitFor();
      await expect.poll(() => variable(page, '--portal-fill')).toBe('#ff6347');
      expect(await variable(page, '--portal-page')).toBe('#fff8ee');
      expect(await page.evaluate(() => getComputedStyle(document.body).fontFamily)).toMatch(/^"?Georgia/);
      expect(await page.evaluate(() => getComputedStyle(document.documentElement).fontSize)).toBe('18px');
      const radius = await page
        .getByRole('link', { name: 'Add endpoint' })
        .first()
        .evaluate((element) => getComputedStyle(element).borderTopLeftRadius);
      // As round as can be; lengths grow with the size of the text.
      expect(Number.parseFloat(radius)).toBeGreaterThanOrEqual(999);
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id }) => id)).toEqual([]);
      await page.getByRole('button', { name: 'Use dark colours' }).click();
      await expect.poll(() => variable(page, '--portal-fill')).toBe('#88eeff');
      expect(await variable(page, '--portal-page')).toBe('#14171c');
    });
  });

  test('come after what the link says', async () => {
    await set({ customColor: '#ff6347' });
    await withPage(setting(), async (page) => {
      const settings = page.waitForResponse('**/environment/settings/**');
      await open(page, 'primaryColor=0b7a75');
      await settings;
      await expect.poll(() => variable(page, '--portal-fill')).toBe('#0b7a75');
    });
  });

  test('that could not be read are not taken', async () => {
    await set({
      customColor: 'rgba(255, 0, 0, 0.1)',
      colorPaletteLight: { backgroundPrimary: '#101010', textPrimary: '#ffffff', textSecondary: '#fefefe' },
    });
    await withPage(setting(), async (page) => {
      const settings = page.waitForResponse('**/environment/settings/**');
      await open(page);
      await settings;
      expect(await variable(page, '--portal-page')).toBe('#f5f6f8');
      expect(await variable(page, '--portal-fill')).toBe('#3350c4');
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id }) => id)).toEqual([]);
    });
  });

  test('bring a logo', async () => {
    const logo = `https://logo.example/${randomBytes(4).toString('hex')}.png`;
    await set({ customLogoUrl: logo });
    await withPage(setting(), async (page) => {
      await page.route('https://logo.example/**', (route) =>
        route.fulfill({ contentType: 'image/png', body: Buffer.from(PNG, 'base64') }),
      );
      await open(page);
      await page.getByRole('banner').locator(`img[src="${logo}"]`).waitFor();
    });
  });
});
