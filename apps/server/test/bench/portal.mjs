// How soon the portal can be used, in a real browser, by a customer with 10 000 endpoints and 1 000 event types.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { loadavg } from 'node:os';
import { gzipSync } from 'node:zlib';
import { atTheLatest } from './parts/leftovers.mjs';
import { quantile } from './parts/load.mjs';
import { availablePlaces } from './parts/places.mjs';
import { fillPortal, openPortal } from './parts/portal-place.mjs';
import { SCREENS, untilInteractive, untilUsable } from './parts/portal-screens.mjs';
import { figure, list, machineConditions, table } from './parts/report.mjs';

export const options = {
  database: { type: 'string' },
  turns: { type: 'string' },
  endpoints: { type: 'string' },
};
export const usage = `  --database D  only on this one: embedded or postgres
  --turns N     how often each screen is opened, 1 to 50; default 7
  --endpoints N endpoints of the customer, 20 to 10000; default 10000

CHROMIUM_PATH names the browser; default /usr/bin/chromium.`;

/** What is stored; see parts/portal-place.mjs. */
const AMOUNTS = {
  embedded: { eventTypes: 1_000, messages: 20_000, broadcasts: 5 },
  postgres: { eventTypes: 1_000, messages: 100_000, broadcasts: 10 },
};
const VIEWPORT = { width: 1280, height: 800 };
/** How much slower the processor is made for the second table. */
const THROTTLE = 4;

async function launch() {
  const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
  if (!existsSync(executablePath)) throw new Error(`no Chromium at ${executablePath}; set CHROMIUM_PATH`);
  // The browser is driven by what the portal's own tests drive it with.
  const { chromium } = createRequire(new URL('../../../portal/package.json', import.meta.url))(
    'playwright-core',
  );
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  atTheLatest(() => void browser.close());
  return browser;
}

/** Opens a screen again and again in a tab that has a session, all of the page anew, scripts from the cache. */
async function measureScreen({ portal, page }, screen, turns) {
  const times = [];
  let requests = 0;
  const count = (request) => {
    if (request.url().includes('/api/v1/')) requests += 1;
  };
  for (let turn = 0; turn <= turns; turn++) {
    requests = 0;
    page.on('request', count);
    await page.goto(`${portal.url}/${portal.targets.app}${screen.path(portal.targets)}`, {
      waitUntil: 'commit',
    });
    const ms = await page.evaluate(untilUsable, screen.content);
    page.off('request', count);
    // The first turn brings the script of the screen into the cache.
    if (turn > 0) times.push(ms);
  }
  times.sort((a, b) => a - b);
  const nodes = await page.evaluate(() => document.querySelectorAll('*').length);
  return { name: screen.name, p50Ms: quantile(times, 0.5), mostMs: times.at(-1), requests, nodes };
}

/** Opens a magic link in a browser that was never here: an empty cache, and a processor that is made slower. */
async function measureFirstLoad({ portal, browser }, rate, turns) {
  const times = [];
  const interactive = [];
  const paints = [];
  let scriptBytes = 0;
  for (let turn = 0; turn < turns; turn++) {
    const context = await browser.newContext({ viewport: VIEWPORT, locale: 'en-GB' });
    const page = await context.newPage();
    const scripts = [];
    page.on('response', (response) => {
      if (response.url().endsWith('.js')) scripts.push(response.body());
    });
    const devTools = await context.newCDPSession(page);
    await devTools.send('Emulation.setCPUThrottlingRate', { rate });
    await page.goto(await portal.link('/endpoints'), { waitUntil: 'commit' });
    interactive.push(await page.evaluate(untilInteractive, 'tbody tr'));
    times.push(await page.evaluate(untilUsable, 'tbody tr'));
    paints.push(
      await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN),
    );
    scriptBytes = (await Promise.all(scripts)).reduce((sum, body) => sum + gzipSync(body).length, 0);
    await context.close();
  }
  const middle = (values) =>
    quantile(
      values.sort((a, b) => a - b),
      0.5,
    );
  return {
    throttle: rate,
    paintMs: middle(paints),
    interactiveMs: middle(interactive),
    p50Ms: middle(times),
    mostMs: times.at(-1),
    scriptKiB: scriptBytes / 1024,
  };
}

async function measureDatabase(makePlace, browser, turns, endpoints) {
  const place = await makePlace();
  const amounts = { ...AMOUNTS[place.database], endpoints };
  let portal;
  try {
    process.stderr.write(`${place.database}: filling: ${JSON.stringify(amounts)}\n`);
    await fillPortal(place, amounts);
    portal = await openPortal(place);
    const context = await browser.newContext({ viewport: VIEWPORT, locale: 'en-GB' });
    const page = await context.newPage();
    await page.goto(await portal.link('/access'));
    await page.evaluate(untilUsable, 'time');
    const screens = [];
    for (const screen of SCREENS) {
      process.stderr.write(`${place.database}: ${screen.name}\n`);
      const row = await measureScreen({ portal, page }, screen, turns);
      screens.push({ database: place.database, ...row });
    }
    await context.close();
    const first = [];
    for (const rate of [1, THROTTLE]) {
      process.stderr.write(`${place.database}: first load, processor ${rate} times slower\n`);
      first.push({ database: place.database, ...(await measureFirstLoad({ portal, browser }, rate, turns)) });
    }
    return { screens, first, amounts, conditions: place.conditions };
  } finally {
    await portal?.end();
    await place.remove();
  }
}

const SCREEN_COLUMNS = [
  ['Database', 'database'],
  ['Screen', 'name'],
  ['Usable p50 ms', 'p50Ms', figure(0)],
  ['Slowest ms', 'mostMs', figure(0)],
  ['Calls of the API', 'requests', figure(0)],
  ['Elements', 'nodes', figure(0)],
];
const FIRST_COLUMNS = [
  ['Database', 'database'],
  ['Processor slower by', 'throttle', figure(0)],
  ['First paint p50 ms', 'paintMs', figure(0)],
  ['Interactive p50 ms', 'interactiveMs', figure(0)],
  ['Usable p50 ms', 'p50Ms', figure(0)],
  ['Slowest ms', 'mostMs', figure(0)],
  ['Script KiB, gzip', 'scriptKiB', figure(0)],
];

/** Runs the benchmark and prints it; gives the exit code. */
export async function run({ json, database, turns: given = '7', endpoints: wanted = '10000' }) {
  const turns = Number(given);
  if (!(turns >= 1 && turns <= 50)) throw new Error('--turns must be 1 to 50');
  const number = Number(wanted);
  if (!(number >= 20 && number <= 10_000)) throw new Error('--endpoints must be 20 to 10000');
  const browser = await launch();
  const conditions = { ...machineConditions(), browser: browser.version(), turns };
  const screens = [];
  const first = [];
  try {
    for (const makePlace of availablePlaces('portal', database)) {
      const measured = await measureDatabase(makePlace, browser, turns, number);
      Object.assign(conditions, measured.conditions);
      const { endpoints, eventTypes, messages, broadcasts } = measured.amounts;
      conditions[`storedOn${measured.first[0].database}`] =
        `${endpoints} endpoints and ${eventTypes} event types of one application, ${messages} messages to two ` +
        `endpoints each, ${broadcasts} to all`;
      screens.push(...measured.screens);
      first.push(...measured.first);
    }
  } finally {
    await browser.close();
  }
  conditions.loadAverageAtEnd = Number((loadavg()[0] ?? 0).toFixed(2));
  process.stdout.write(
    json
      ? `${JSON.stringify({ suite: 'portal', conditions, screens, firstLoad: first }, null, 2)}\n`
      : `\n${list(conditions)}\n\n${table(SCREEN_COLUMNS, screens)}\n\nA link opened for the first time:\n\n${table(FIRST_COLUMNS, first)}\n`,
  );
  return 0;
}
