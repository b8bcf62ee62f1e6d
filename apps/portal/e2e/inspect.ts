import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

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
