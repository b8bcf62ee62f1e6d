import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import type { Setting } from './walk';

/** Where pictures go; git ignores it. */
export const SCREENSHOTS = fileURLToPath(new URL('../screenshots', import.meta.url));
const WIDTHS = [375, 1280];
/** Seen without a picture. */
const OTHER_WIDTHS = [768, 1920];

async function expectToFit(page: Page, width: number): Promise<void> {
  const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  // An open menu follows its button a moment after the page has changed its width.
  await expect.poll(overflow, { message: `sideways scrolling at ${width} px` }).toBeLessThanOrEqual(0);
}

/**
 * Takes a picture of the page at the width of a phone and of a desk, and fails where it scrolls sideways or axe finds
 * something that keeps people out.
 */
export async function inspect(page: Page, name: string, widths: readonly number[] = WIDTHS): Promise<void> {
  await mkdir(SCREENSHOTS, { recursive: true });
  for (const width of widths) {
    await page.setViewportSize({ width, height: 800 });
    const path = `${SCREENSHOTS}/${name}-${width}.png`;
    await page.screenshot({ path, fullPage: true, animations: 'disabled' });
    await expectToFit(page, width);
  }
  for (const width of OTHER_WIDTHS) {
    await page.setViewportSize({ width, height: 800 });
    await expectToFit(page, width);
  }
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html }) => html) }))).toEqual([]);
}

/**
 * One browser context for all the pictures of a file: each is taken in a tab of its own, which shares nothing with the
 * others but the cached scripts. What it gives walks in such a tab, and closes it.
 */
export function useTabs(setting: () => Setting): (walk: (page: Page) => Promise<void>) => Promise<void> {
  let context: BrowserContext | undefined;
  beforeAll(async () => {
    context = await setting().browser.newContext({
      reducedMotion: 'reduce',
      viewport: { width: 1280, height: 800 },
    });
  });
  afterAll(() => context?.close());
  return async (walk) => {
    if (context === undefined) throw new Error('tabs are there in tests only');
    const page = await context.newPage();
    try {
      await walk(page);
    } finally {
      await page.close();
    }
  };
}
