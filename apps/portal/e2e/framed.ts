import type { Frame, Page } from 'playwright-core';

/** The portal's frame inside the host's page, once it has an address. */
export async function portalFrame(page: Page, url: string): Promise<Frame> {
  const element = await page.waitForSelector('iframe', { state: 'attached' });
  const frame = await element.contentFrame();
  if (frame === null) throw new Error('the iframe has no page');
  await frame.waitForURL((address) => address.href.startsWith(url));
  return frame;
}

/** The height of the host's iframe once it has not changed for 30 frames of animation in a row. */
export const settledHeight = (page: Page): Promise<number> =>
  page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        let height = -1;
        let unchanged = 0;
        const look = () => {
          const now = document.querySelector('iframe')?.getBoundingClientRect().height ?? -1;
          unchanged = now === height ? unchanged + 1 : 0;
          height = now;
          if (unchanged >= 30) resolve(height);
          else requestAnimationFrame(look);
        };
        look();
      }),
  );

/** The height of what the portal draws. */
export const contentHeight = (frame: Frame): Promise<number> =>
  frame.locator('#root').evaluate((root) => Math.ceil(root.getBoundingClientRect().height));
