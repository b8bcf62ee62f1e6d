import { ALL_CAPABILITIES, type Capability } from '@postrider/contract';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isBrowserMissing } from './browser';
import { type Receiver, startReceiver } from './receiver';
import { fillScene, type Scene } from './scene';
import { linkTo, screen, useSetting, withPage } from './walk';

/** What may be offered on the pages that a walk visits. */
interface Offer {
  readonly add: boolean;
  readonly edit: boolean;
  readonly recover: boolean;
  readonly testing: boolean;
  readonly resend: boolean;
  readonly secret: boolean;
  readonly rotate: boolean;
  readonly headers: boolean;
}

const without = (...lacking: Capability[]): Capability[] =>
  ALL_CAPABILITIES.filter((one) => !lacking.includes(one));
const ALL: Offer = {
  add: true,
  edit: true,
  recover: true,
  testing: true,
  resend: true,
  secret: true,
  rotate: true,
  headers: true,
};
const NONE = Object.fromEntries(Object.keys(ALL).map((name) => [name, false])) as unknown as Offer;
const NO_ATTEMPTS = { recover: false, testing: false, resend: false };
const NO_MANAGE = { add: false, edit: false, headers: false };

/** Sessions, and what the matrix of capabilities lets them do. */
const SESSIONS: readonly (readonly [string, readonly Capability[], Offer])[] = [
  ['with everything', ALL_CAPABILITIES, ALL],
  ['that only looks', ['ViewBase'], NONE],
  ['without CreateAttempts', without('CreateAttempts'), { ...ALL, ...NO_ATTEMPTS }],
  ['without ManageEndpoint', without('ManageEndpoint'), { ...ALL, ...NO_MANAGE }],
  ['without ViewEndpointSecret', without('ViewEndpointSecret'), ALL],
  ['without ManageEndpointSecret', without('ManageEndpointSecret'), ALL],
  ['without ManageTransformations', without('ManageTransformations'), ALL],
  ['with the right to see secrets alone', ['ViewBase', 'ViewEndpointSecret'], { ...NONE, secret: true }],
  [
    'with the right to replace secrets alone',
    ['ViewBase', 'ManageEndpointSecret'],
    { ...NONE, secret: true, rotate: true },
  ],
];

describe.skipIf(isBrowserMissing)('a session', () => {
  const setting = useSetting();
  let receiver: Receiver;
  let scene: Scene;
  beforeAll(async () => {
    receiver = await startReceiver();
    scene = await fillScene(setting().server, setting().application, receiver);
  });
  afterAll(() => receiver?.stop());

  const isThere = async (page: Page, role: 'button' | 'link', name: string | RegExp) =>
    (await page.getByRole(role, { name, exact: true }).count()) > 0;

  async function offered(page: Page, origin: string): Promise<Offer> {
    await page.getByText('/hooks/accounting').waitFor();
    const add = await isThere(page, 'link', 'Add endpoint');
    await page.goto(`${origin}/endpoints/${scene.well.id}`);
    await page.getByRole('row').filter({ hasText: 'msg_' }).first().waitFor();
    const onEndpoint = {
      edit: (await isThere(page, 'link', 'Edit')) && (await isThere(page, 'button', 'More actions')),
      recover: await isThere(page, 'button', 'Replay'),
      testing: await isThere(page, 'link', 'Testing'),
      secret: await isThere(page, 'button', 'Show'),
      rotate: await isThere(page, 'button', 'Rotate'),
    };
    await page.goto(`${origin}/endpoints/${scene.well.id}/advanced`);
    await page.getByText('x-tenant').waitFor();
    const headers = await isThere(page, 'button', 'Edit');
    await page.goto(`${origin}/messages/${scene.paid.id}`);
    await page.getByText('/project-7').waitFor();
    await page.getByText('"inv_2048"').waitFor();
    const resend = await isThere(page, 'button', 'Resend');
    expect(await isThere(page, 'button', 'Send anyway')).toBe(resend);
    return { add, ...onEndpoint, headers, resend };
  }

  test.each(SESSIONS)('%s is offered what it may do, and nothing else', async (_, granted, offer) => {
    const { application, server } = setting();
    await withPage(setting(), async (page) => {
      await page.goto(await server.link(application, { capabilities: [...granted] }));
      const found = await offered(page, `${server.url}/${application.id}`);
      expect(found).toEqual(offer);
    });
  });

  test.each(['/endpoints/new', '/endpoints/ID/edit', '/endpoints/ID/testing'])(
    'that only looks is told at %s that it may not',
    async (path) => {
      const { application, server } = setting();
      await withPage(setting(), async (page) => {
        const link = await server.link(application, { capabilities: ['ViewBase'] });
        await page.goto(linkTo(link, path.replace('ID', scene.well.id)));
        await screen(page, 'Your session may not do this');
      });
    },
  );

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
