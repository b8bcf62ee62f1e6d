import type { Browser, Page, Response } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { embeddedPlace, type Place } from '../../server/test/bench/parts/places.mjs';
import { fillPortal, type LargePortal, openPortal } from '../../server/test/bench/parts/portal-place.mjs';
import { SCREENS, untilUsable } from '../../server/test/bench/parts/portal-screens.mjs';
import { isBrowserMissing, launchBrowser } from './browser';
import { CHANGES } from './changes';
import { sumOf, takeShifts, watchShifts } from './shifts';

const AMOUNTS = { endpoints: 10_000, eventTypes: 1_000, messages: 1_000, broadcasts: 1 };
/** The largest page of the API. */
const PAGE = 250;
/** Calls that a screen may make before it is still: with 1 000 event types four of them are for these. */
const MOST_CALLS = 32;
const MOST_ELEMENTS = 5_000;
/** Web vitals call up to 0.1 good; a screen that loads has no reason to come near. */
const MOST_SHIFT = 0.02;
/** A list that becomes longer or shorter moves what stands below it. */
const MOST_CHANGE_SHIFT = 0.1;
/** Milliseconds: long enough for what stands in for content to be drawn before the content comes. */
const LATENCY = 40;
/** Milliseconds: what moves within half a second of a key or a click counts as meant. */
const AFTER_INPUT = 510;
const VIEWPORTS = [
  { width: 1280, height: 800 },
  { width: 375, height: 800 },
];

interface Call {
  readonly url: URL;
  /** Items of the answer, where it is a page of a list. */
  readonly items: number | undefined;
}

/** A tab with a session. */
interface Visit {
  readonly page: Page;
  readonly takeCalls: () => Promise<readonly Call[]>;
  /** How long everything takes that comes over the line, in milliseconds. */
  readonly setLatency: (latency: number) => Promise<void>;
}

async function toCall(response: Response): Promise<Call> {
  const url = new URL(response.url());
  if (!response.headers()['content-type']?.includes('json')) return { url, items: undefined };
  const body: unknown = await response.json();
  const isList = typeof body === 'object' && body !== null && 'done' in body && 'data' in body;
  return { url, items: isList && Array.isArray(body.data) ? body.data.length : undefined };
}

/** Notes the calls of the API; `take` waits for the answers of those so far. */
function watchCalls(page: Page) {
  let calls: Promise<Call>[] = [];
  page.on('response', (response) => {
    if (!/\/api\/v1\/(?!.*\/live\/)/.test(response.url())) return;
    // An answer that nobody waits for any more has no body.
    calls.push(toCall(response).catch(() => ({ url: new URL(response.url()), items: undefined })));
  });
  return async () => {
    const made = await Promise.all(calls);
    calls = [];
    return made;
  };
}

describe.skipIf(isBrowserMissing)('with 10 000 endpoints and 1 000 event types', () => {
  let place: Place | undefined;
  let portal: LargePortal;
  let browser: Browser;
  let visits: readonly Visit[];

  const enter = async (viewport: (typeof VIEWPORTS)[number]): Promise<Visit> => {
    const context = await browser.newContext({ viewport, locale: 'en-GB' });
    const page = await context.newPage();
    const devTools = await context.newCDPSession(page);
    const setLatency = async (latency: number) => {
      const line = { offline: false, latency, downloadThroughput: -1, uploadThroughput: -1 };
      await devTools.send('Network.emulateNetworkConditions', line);
    };
    await setLatency(LATENCY);
    await watchShifts(page);
    const takeCalls = watchCalls(page);
    await page.goto(await portal.link('/access'));
    await page.evaluate(untilUsable, 'time');
    return { page, takeCalls, setLatency };
  };
  const open = async (page: Page, path: string, content: string) => {
    await page.goto(`${portal.url}/${portal.targets.app}${path}`, { waitUntil: 'commit' });
    await page.evaluate(untilUsable, content);
  };

  beforeAll(async () => {
    place = await embeddedPlace();
    await fillPortal(place, AMOUNTS);
    [portal, browser] = await Promise.all([openPortal(place), launchBrowser()]);
    visits = await Promise.all(VIEWPORTS.map(enter));
  });
  afterAll(async () => {
    await browser?.close();
    await portal?.end();
    await place?.remove();
  });

  test.each(SCREENS)('$name: asks for pages, draws a bounded part, and does not jump', async (screen) => {
    const look = async ({ page, takeCalls }: Visit) => {
      await takeCalls();
      await open(page, screen.path(portal.targets), screen.content);
      const calls = await takeCalls();
      for (const { url, items } of calls.filter((call) => call.items !== undefined)) {
        const limit = Number(url.searchParams.get('limit'));
        expect(limit, `limit of ${url.pathname}`).toBeGreaterThan(0);
        expect(limit, `limit of ${url.pathname}`).toBeLessThanOrEqual(PAGE);
        expect(items, `items of ${url.pathname}`).toBeLessThanOrEqual(limit);
      }
      // That one asks for nothing before an endpoint is to be chosen.
      if (screen.name !== 'verify') expect(calls.length).toBeGreaterThan(0);
      expect(calls.length).toBeLessThanOrEqual(MOST_CALLS);
      expect(await page.locator('*').count()).toBeLessThan(MOST_ELEMENTS);
      const shifts = await takeShifts(page);
      const { width } = page.viewportSize() ?? {};
      expect(sumOf(shifts), `at ${width} px: ${JSON.stringify(shifts)}`).toBeLessThan(MOST_SHIFT);
    };
    await Promise.all(visits.map(look));
  });

  test('nothing jumps when a reader goes on from screen to screen', async () => {
    const go = async ({ page, setLatency }: Visit) => {
      await open(page, '/endpoints', 'tbody tr');
      await setLatency(AFTER_INPUT);
      await takeShifts(page);
      for (const { name, act } of CHANGES) {
        await act(page, portal.targets);
        const shifts = await takeShifts(page);
        const { width } = page.viewportSize() ?? {};
        const told = `${name}, at ${width} px: ${JSON.stringify(shifts)}`;
        expect.soft(sumOf(shifts), told).toBeLessThan(MOST_CHANGE_SHIFT);
      }
      await setLatency(LATENCY);
    };
    await Promise.all(visits.map(go));
  });

  test('the tree of event types is closed until it is searched or opened', async () => {
    const [visit] = visits;
    if (visit === undefined) throw new Error('no visit');
    const { page } = visit;
    await open(page, '/endpoints/new', 'fieldset input[type=checkbox]');
    const tree = page.getByRole('group', { name: 'Event types' });
    expect(await tree.getByRole('checkbox').count()).toBeLessThan(60);
    await tree.getByRole('searchbox').fill('account REMOVED_15');
    await expect.poll(() => tree.getByRole('checkbox').count()).toBeLessThan(20);
    await tree.getByRole('checkbox', { name: 'stock3.account.removed_15' }).check();
    await tree.getByRole('searchbox').fill('');
    await tree.getByText('1 chosen').waitFor();
    // What a search finds is cut, with a word on it.
    await tree.getByRole('searchbox').fill('created');
    await tree.getByText('search to find them').waitFor();
    expect(await tree.getByRole('checkbox').count()).toBeLessThan(250);
    await tree.getByRole('searchbox').fill('');
    const group = tree.getByRole('button', { name: 'scale' });
    await group.click();
    await tree.getByRole('checkbox', { name: 'scale.type_59' }).waitFor();
    expect(await page.locator('*').count()).toBeLessThan(MOST_ELEMENTS);
  });

  test('the catalogue finds one of a thousand, and shows more when asked', async () => {
    const [visit] = visits;
    if (visit === undefined) throw new Error('no visit');
    const { page } = visit;
    await open(page, '/event-types', 'li a');
    const rows = page.getByRole('main').getByRole('listitem');
    expect(await rows.count()).toBe(200);
    await page.getByRole('button', { name: '200 more' }).click();
    await expect.poll(() => rows.count()).toBe(400);
    await page.getByRole('searchbox').fill('billing0.invoice.created_0');
    await expect.poll(() => rows.count()).toBe(1);
  });

  test('an old endpoint is found by words, page after page, or at once by its id or uid', async () => {
    const [visit] = visits;
    if (visit === undefined) throw new Error('no visit');
    const { page, takeCalls } = visit;
    await open(page, '/verify', 'input[role=combobox]');
    const field = page.getByRole('combobox', { name: 'Secret from' });
    const options = page.getByRole('option');
    const { quiet } = portal.targets;
    await takeCalls();
    await field.click();
    await page.getByRole('status').getByText('250 loaded').waitFor();
    expect(await options.count()).toBe(PAGE + 1);
    await options.last().scrollIntoViewIfNeeded();
    await expect.poll(() => options.count()).toBe(2 * PAGE + 1);

    await field.fill('customer-8000. branch');
    await page.getByRole('status').getByText('Still looking').waitFor();
    await options.getByText('customer-8000.').waitFor();
    // No more than 50 are offered, and the walk ends when they are there.
    await field.fill('branch 1');
    await page.getByRole('status').getByText('The first 50').waitFor();
    expect(await options.count()).toBe(50);

    await takeCalls();
    await field.fill('large-1');
    await options.getByText('customer-1.').waitFor();
    await field.fill(quiet);
    await options.getByText('customer-1.').waitFor();
    const asked = page.waitForRequest((request) => request.url().includes(`/endpoint/${quiet}/secret/`));
    await field.press('Enter');
    await asked;
    expect(await field.inputValue()).toContain('https://customer-1.example.com');
    for (const { items } of await takeCalls()) expect(items ?? 0).toBeLessThanOrEqual(PAGE);
  });

  test('the list opens an endpoint that stands on a later page', async () => {
    const [visit] = visits;
    if (visit === undefined) throw new Error('no visit');
    const { page } = visit;
    await open(page, '/endpoints', 'tbody tr');
    await page.getByRole('combobox', { name: 'Find an endpoint' }).fill(portal.targets.quiet);
    await page.getByRole('option', { name: 'customer-1.' }).click();
    await page.waitForURL(new RegExp(`/endpoints/${portal.targets.quiet}`));
  });

  test('a message says of one endpoint among ten thousand whether it was sent there', async () => {
    const [visit] = visits;
    if (visit === undefined) throw new Error('no visit');
    const { page } = visit;
    const { broadcast, message, quiet } = portal.targets;
    const ask = async (id: string) => {
      await open(page, `/messages/${id}`, 'input[role=combobox]');
      await page.getByRole('combobox', { name: 'Ask about one endpoint' }).fill(quiet);
      await page.getByRole('option', { name: 'customer-1.' }).click();
    };
    await ask(broadcast);
    await page.getByText('This message was sent there').waitFor();
    await page.getByRole('region', { name: 'Not delivered to' }).getByText('Succeeded').first().waitFor();
    await page.getByText('Only the first 250 endpoints are listed').waitFor();
    await ask(message);
    await page.getByRole('region', { name: 'Not delivered to' }).getByText('customer-1.').waitFor();
    await page.getByRole('button', { name: 'Send anyway' }).waitFor();
    expect(await page.getByText('This message was sent there').count()).toBe(0);
  });

  test('ten thousand endpoints are turned page by page, one call each', async () => {
    const [visit] = visits;
    if (visit === undefined) throw new Error('no visit');
    const { page, takeCalls } = visit;
    await open(page, '/endpoints', 'tbody tr');
    const first = page.getByRole('main').getByRole('row').nth(1).getByRole('link');
    for (let turn = 0; turn < 3; turn++) {
      const before = await first.textContent();
      await takeCalls();
      await page.getByRole('button', { name: 'Older' }).click();
      await expect.poll(() => first.textContent()).not.toBe(before);
      const lists = (await takeCalls()).filter(({ items }) => items !== undefined);
      expect(lists.map(({ items }) => items)).toEqual([20]);
    }
  });
});
