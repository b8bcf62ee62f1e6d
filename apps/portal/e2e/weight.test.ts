import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { isBrowserMissing } from './browser';
import { home, useSetting, withPage } from './walk';

/** What the first page may cost a reader on a slow line, in bytes as they come over it. */
const MAX_SCRIPT_BYTES = 250 * 1024;

describe.skipIf(isBrowserMissing)('the first page', () => {
  const setting = useSetting();

  test('brings no more script than it needs, and nothing from elsewhere', async () => {
    const { application, server } = setting();
    await withPage(setting(), async (page) => {
      const scripts = new Map<string, Promise<Buffer>>();
      const foreign: string[] = [];
      page.on('response', (response) => {
        const url = response.url();
        if (!url.startsWith(server.url) && !url.startsWith('data:')) foreign.push(url);
        if (url.endsWith('.js')) scripts.set(url, response.body());
      });
      await page.goto(await server.link(application));
      await home(page);
      await page.getByText('No endpoints yet').waitFor();
      const bodies = await Promise.all(scripts.values());
      const bytes = bodies.reduce((sum, body) => sum + gzipSync(body).length, 0);
      expect(scripts.size).toBeGreaterThan(3);
      expect(bytes).toBeLessThanOrEqual(MAX_SCRIPT_BYTES);
      expect(foreign).toEqual([]);
    });
  });

  test('loads the words of one language only', async () => {
    const { application, server } = setting();
    await withPage(setting(), async (page) => {
      const catalogues: string[] = [];
      page.on('request', (request) => {
        const name = /\/assets\/(en|de|es|fr|pt|ja|zh)-[^/]+\.js$/.exec(request.url())?.[1];
        if (name !== undefined) catalogues.push(name);
      });
      await page.goto((await server.link(application)).replace('/login', '/login?locale=ja'));
      await page.getByRole('heading', { level: 1, name: 'エンドポイント' }).waitFor();
      expect(new Set(catalogues)).toEqual(new Set(['ja']));
    });
  });
});
