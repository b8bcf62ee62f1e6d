import { ALL_CAPABILITIES, type Capability, contract, type OperationMetadata } from '@postrider/contract';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isBrowserMissing } from './browser';
import {
  CONTROLS,
  type ControlName,
  NOT_IN_PORTAL,
  PLACES,
  type Place,
  READING,
  ROWS,
} from './capability-table';
import { type Receiver, startReceiver } from './receiver';
import { fillScene, type Scene } from './scene';
import { linkTo, screen, useSetting, withPage } from './walk';

const NAMES = Object.keys(CONTROLS) as ControlName[];
const SPECIAL = ALL_CAPABILITIES.filter((one) => one !== 'ViewBase');
/** Sessions with everything, with one thing less, with one thing alone, and with nothing but the right to look. */
const SESSIONS: readonly (readonly [string, readonly Capability[]])[] = [
  ['with everything', ALL_CAPABILITIES],
  ['that only looks', ['ViewBase']],
  ...SPECIAL.map((lacking): [string, Capability[]] => [
    `without ${lacking}`,
    ALL_CAPABILITIES.filter((one) => one !== lacking),
  ]),
  ...SPECIAL.map((only): [string, Capability[]] => [`with ${only} alone`, ['ViewBase', only]]),
];

interface Operation {
  readonly method: string;
  readonly metadata: OperationMetadata;
}

const isOperation = (value: unknown): value is Operation =>
  typeof value === 'object' && value !== null && 'method' in value && 'metadata' in value;

function operationsIn(router: object): readonly Operation[] {
  return Object.values(router).flatMap((value: unknown) => {
    if (isOperation(value)) return [value];
    return typeof value === 'object' && value !== null ? operationsIn(value) : [];
  });
}

const givenBy = ({ metadata: { access } }: Pick<Operation, 'metadata'>): readonly Capability[] =>
  'capabilities' in access ? access.capabilities : [];

describe('the table of what capabilities offer', () => {
  test.each(NAMES)('says of %s what the contract says', (name) => {
    const offering = ALL_CAPABILITIES.filter((capability) => ROWS[capability].offers.includes(name));
    for (const operation of CONTROLS[name].calls)
      expect(new Set(givenBy(operation))).toEqual(new Set(offering));
  });

  test('leaves nothing out that a session may change', () => {
    const known = new Set<object>(NOT_IN_PORTAL);
    for (const name of NAMES) for (const operation of CONTROLS[name].calls) known.add(operation);
    const changes = operationsIn(contract).filter(
      (operation) => operation.method !== 'GET' && givenBy(operation).length > 0,
    );
    expect(changes.length).toBeGreaterThan(10);
    expect(changes.filter((operation) => !known.has(operation))).toEqual([]);
  });
});

describe.skipIf(isBrowserMissing)('a session', () => {
  const setting = useSetting();
  let receiver: Receiver;
  let scene: Scene;
  /** One for all: each session has a tab of its own, with nothing of the others but the cached scripts. */
  let context: BrowserContext;
  beforeAll(async () => {
    receiver = await startReceiver();
    scene = await fillScene(setting().server, setting().application, receiver);
    context = await setting().browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce' });
  });
  afterAll(async () => {
    await context?.close();
    await receiver?.stop();
  });

  const tab = (page: Page, name: string) =>
    page.getByRole('navigation').getByRole('link', { name, exact: true }).first().click();
  /** Goes to each place as a reader does, and waits until all of it is there. */
  const VISITS: Record<Place, (page: Page) => Promise<void>> = {
    endpoints: (page) => page.getByText('/hooks/accounting').waitFor(),
    disabled: async (page) => {
      await page.getByRole('link', { name: '/archive' }).click();
      await page.getByText('This endpoint is disabled').waitFor();
    },
    endpoint: async (page) => {
      await tab(page, 'Endpoints');
      await page.getByRole('link', { name: '/hooks/accounting' }).click();
      await page.getByRole('row').filter({ hasText: 'msg_' }).first().waitFor();
    },
    advanced: async (page) => {
      await tab(page, 'Advanced');
      await page.getByText('x-tenant').waitFor();
      await page.getByText('messages per second').waitFor();
    },
    messages: async (page) => {
      await tab(page, 'Messages');
      await page.getByText(scene.paid.id).waitFor();
    },
    message: async (page) => {
      await page.getByRole('row').filter({ hasText: scene.paid.id }).getByRole('link').click();
      await page.getByText('"inv_2048"').waitFor();
      await page.getByText('/project-7').waitFor();
      await page.getByRole('region', { name: 'Deliveries' }).locator('summary').first().waitFor();
    },
    activity: async (page) => {
      await tab(page, 'Activity');
      await page.getByRole('img', { name: 'Chart from' }).waitFor();
    },
    catalogue: async (page) => {
      await tab(page, 'Event catalogue');
      await page.getByRole('link', { name: 'invoice.paid' }).click();
      await page.getByText('Espresso beans').waitFor();
    },
    verify: async (page) => {
      await tab(page, 'Verify');
      await page.getByLabel('Body').waitFor();
    },
    access: async (page) => {
      await tab(page, 'Your access');
      await page.locator('time').waitFor();
    },
  };

  /** A tab in which whatever the server refuses is noted. */
  const openTab = async (): Promise<{ page: Page; refusals: string[] }> => {
    const page = await context.newPage();
    const refusals: string[] = [];
    page.on('response', (response) => {
      if (response.status() >= 400) refusals.push(`${response.status()} ${response.url()}`);
    });
    page.on('pageerror', (error) => refusals.push(String(error)));
    return { page, refusals };
  };

  /** The names of all buttons of the page itself. */
  const buttonsOf = (page: Page) =>
    page
      .getByRole('main')
      .getByRole('button')
      .evaluateAll((all) => all.map((one) => one.ariaLabel ?? one.textContent ?? ''));

  test.each(SESSIONS)('%s is offered what it may do, and nothing else', async (name, granted) => {
    const { application, server } = setting();
    const { page, refusals } = await openTab();
    const offered: ControlName[] = [];
    const pressable: string[] = [];
    await page.goto(await server.link(application, { capabilities: [...granted] }));
    for (const place of PLACES) {
      await VISITS[place](page);
      for (const control of NAMES.filter((one) => CONTROLS[one].place === place)) {
        if (await CONTROLS[control].find(page).isVisible()) offered.push(control);
      }
      if (granted.length === 1) pressable.push(...(await buttonsOf(page)));
    }
    expect(offered.toSorted()).toEqual(
      NAMES.filter((control) => granted.some((one) => ROWS[one].offers.includes(control))).toSorted(),
    );
    expect(pressable.filter((one) => !READING.test(one))).toEqual([]);
    const [, only] = granted;
    if (name.endsWith('alone') && only !== undefined) {
      await tab(page, 'Endpoints');
      await VISITS.endpoint(page);
      await ROWS[only].use?.(page);
    }
    // Neither refused nor failed: what is not allowed is not asked for.
    expect(refusals).toEqual([]);
    await page.close();
  });

  test('that only looks is told at each page of changes that it may not', async () => {
    const { application, server } = setting();
    const { page, refusals } = await openTab();
    const link = await server.link(application, { capabilities: ['ViewBase'] });
    await page.goto(linkTo(link, '/endpoints/new'));
    await screen(page, 'Your session may not do this');
    for (const path of ['edit', 'testing']) {
      await page.goto(`${server.url}/${application.id}/endpoints/${scene.well.id}/${path}`);
      await screen(page, 'Your session may not do this');
    }
    expect(refusals).toEqual([]);
    await page.close();
  });

  test('whose rights were cut meanwhile is told so, and nothing is lost', async () => {
    const { application, server } = setting();
    await withPage(setting(), async (page, complaints) => {
      await page.goto(linkTo(await server.link(application), `/endpoints/${scene.well.id}/edit`));
      await page.getByLabel('Description').fill('Half written');
      await page.route('**/endpoint/**', (route) =>
        route.request().method() === 'PATCH'
          ? route.fulfill({ status: 403, json: { code: 'insufficient_access', detail: 'No.' } })
          : route.fallback(),
      );
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByText('Your session may not do this').waitFor();
      expect(await page.getByLabel('Description').inputValue()).toBe('Half written');
      expect(complaints.splice(0)).toHaveLength(1);
    });
  });
});
