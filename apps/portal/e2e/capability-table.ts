import { type Capability, contract, type OperationMetadata } from '@postrider/contract';
import type { Locator, Page } from 'playwright-core';

/** The pages that a walk visits, in this order. */
export const PLACES = [
  'endpoints',
  'disabled',
  'endpoint',
  'advanced',
  'messages',
  'message',
  'activity',
  'catalogue',
  'verify',
  'access',
] as const;
export type Place = (typeof PLACES)[number];

/** Something on a page that only some sessions are shown. */
interface Control {
  readonly place: Place;
  readonly find: (page: Page) => Locator;
  /** What it calls. Who may call that is shown the control: so says the contract. */
  readonly calls: readonly { readonly metadata: OperationMetadata }[];
}

const button = (name: string) => (page: Page) => page.getByRole('button', { name, exact: true }).first();
const link = (name: string) => (page: Page) =>
  page.getByRole('main').getByRole('link', { name, exact: true }).first();
const card = (name: string, control: string) => (page: Page) =>
  page.getByRole('region', { name }).getByRole('button', { name: control, exact: true });

const { endpoint, messageAttempt } = contract;

export const CONTROLS = {
  add: { place: 'endpoints', find: link('Add endpoint'), calls: [endpoint.create] },
  enable: { place: 'disabled', find: button('Enable'), calls: [endpoint.patch] },
  edit: { place: 'endpoint', find: link('Edit'), calls: [endpoint.patch] },
  more: { place: 'endpoint', find: button('More actions'), calls: [endpoint.patch, endpoint.delete] },
  replay: {
    place: 'endpoint',
    find: button('Replay'),
    calls: [endpoint.recover, endpoint.replayMissing, endpoint.bulkReplay],
  },
  test: { place: 'endpoint', find: link('Testing'), calls: [endpoint.sendExample] },
  resendAttempt: {
    place: 'endpoint',
    find: (page) => page.getByRole('button', { name: /^Actions for msg_/ }).first(),
    calls: [messageAttempt.resend, endpoint.recover],
  },
  showSecret: { place: 'endpoint', find: button('Show'), calls: [endpoint.getSecret] },
  rotate: { place: 'endpoint', find: button('Rotate'), calls: [endpoint.rotateSecret] },
  throttle: { place: 'advanced', find: card('Throttling', 'Edit'), calls: [endpoint.patch] },
  headers: { place: 'advanced', find: card('Custom headers', 'Edit'), calls: [endpoint.patchHeaders] },
  resend: { place: 'message', find: button('Resend'), calls: [messageAttempt.resend] },
  sendAnyway: { place: 'message', find: button('Send anyway'), calls: [messageAttempt.resend] },
  secretFrom: {
    place: 'verify',
    find: (page) => page.getByLabel('Secret from'),
    calls: [endpoint.getSecret],
  },
} as const satisfies Record<string, Control>;
export type ControlName = keyof typeof CONTROLS;

/** What sessions may call that changes something, and the portal has no control for. */
export const NOT_IN_PORTAL: readonly { readonly metadata: OperationMetadata }[] = [
  endpoint.cancelMsgs,
  // The portal changes what was changed, not all of it.
  endpoint.setHeaders,
  endpoint.upsert,
  contract.application.patchAlertEmail,
  contract.message.testAttempt,
  // A list whose filters do not fit into an address.
  contract.message.search,
];

/** What a capability is for. */
interface Row {
  readonly offers: readonly ControlName[];
  /** Does what the capability is for, in a session that has it and ViewBase alone; begins at the endpoint's page. */
  readonly use?: (page: Page) => Promise<void>;
}

const dialog = (page: Page) => page.getByRole('dialog');

/** A capability that the contract gets needs a row here, else this does not compile. */
export const ROWS: Record<Capability, Row> = {
  ViewBase: { offers: [] },
  ViewEndpointSecret: {
    offers: ['showSecret', 'secretFrom'],
    use: async (page) => {
      await CONTROLS.showSecret.find(page).click();
      await page.getByText(/^whsec_/).waitFor();
    },
  },
  ManageEndpointSecret: {
    offers: ['showSecret', 'secretFrom', 'rotate'],
    use: async (page) => {
      await CONTROLS.rotate.find(page).click();
      await dialog(page).getByRole('button', { name: 'Rotate secret' }).click();
      await dialog(page).waitFor({ state: 'detached' });
    },
  },
  // There are no transformations yet: nothing to be shown, and nothing to be missed.
  ManageTransformations: { offers: [] },
  CreateAttempts: {
    offers: ['replay', 'test', 'resendAttempt', 'resend', 'sendAnyway'],
    use: async (page) => {
      await CONTROLS.replay.find(page).click();
      await page.getByRole('menuitem', { name: 'Replay missing' }).click();
      await dialog(page).getByRole('button', { name: 'Start' }).click();
      await dialog(page).getByText('Done').waitFor();
      await dialog(page).getByRole('button', { name: 'Close' }).click();
      await CONTROLS.test.find(page).click();
      await page.getByLabel('Event type').selectOption('invoice.paid');
      await page.getByRole('button', { name: 'Send example' }).click();
      await page.getByText('Delivered', { exact: true }).waitFor();
    },
  },
  ManageEndpoint: {
    offers: ['add', 'enable', 'edit', 'more', 'showSecret', 'secretFrom', 'rotate', 'throttle', 'headers'],
    use: async (page) => {
      await CONTROLS.edit.find(page).click();
      await page.getByLabel('Messages per second').fill('60');
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByRole('link', { name: 'Advanced' }).click();
      await page.getByText('Messages per second: at most 60').waitFor();
    },
  },
};

/** What any session may press in the pages themselves: to look closer, and to take with it. */
export const READING =
  /^(Refresh|Filters|All|Succeeded|Failed|Pause|Pretty|Raw|Open|Newer|Older|5 minutes|Hours|Days|Last .*|Copy.*|Check a delivery|No library|JavaScript|Python|Go|Java|Kotlin|Ruby|PHP|C#|Rust)$/;
