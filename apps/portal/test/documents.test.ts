import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createElement, type FunctionComponent } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { afterAll, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
/** Where this package's React is found; ignored by git. */
const WORK = fileURLToPath(new URL('../.test/documents/', import.meta.url));
const URL_OF_PORTAL = 'https://webhooks.example.com/login#key=code';

const blocks: [name: string, text: string][] = [];
for (const document of ['README.md', 'docs/embedding.md']) {
  const page = await readFile(`${ROOT}${document}`, 'utf8');
  for (const { index, 1: text = '' } of page.matchAll(/^```jsx\n(.*?)^```$/gms)) {
    blocks.push([`${document}:${page.slice(0, index).split('\n').length}`, text]);
  }
}
afterAll(() => rm(WORK, { recursive: true, force: true }));

it('the documents have components for React', () => expect(blocks).toHaveLength(4));

it.each(blocks)('%s: the component is drawn', async (name, text) => {
  await mkdir(WORK, { recursive: true });
  const file = `${WORK}${name.replace(/\W/g, '-')}.jsx`;
  await writeFile(file, text);
  const { Webhooks } = (await import(file)) as { Webhooks: FunctionComponent<Record<string, string>> };
  const given = { url: URL_OF_PORTAL, token: 'appsk_1', appId: 'app_1' };
  const drawn = renderToStaticMarkup(createElement(Webhooks, given));
  // A provider draws what is put into it, which is an ellipsis here.
  if (text.includes('<AppPortal'))
    expect(drawn).toMatch(/<iframe [^>]*src="https:\/\/webhooks\.example\.com\/login/);
  else expect(drawn.trim()).toBe('…');
});
