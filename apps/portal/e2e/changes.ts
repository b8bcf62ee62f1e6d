import type { Page } from 'playwright-core';
import type { Targets } from '../../server/test/bench/parts/portal-place.mjs';

/** Something that a reader does, one after the other; done when what it brings is there. */
export interface Change {
  readonly name: string;
  readonly act: (page: Page, targets: Targets) => Promise<void>;
}

const main = (page: Page) => page.getByRole('main');
const tab = (page: Page, name: string) => main(page).getByRole('link', { name, exact: true }).click();
const row = (page: Page) => main(page).getByRole('row').nth(1);
const goTo = (page: Page, name: string) =>
  page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name }).click();

/** Waits until nothing in sight stands in for something else. */
const settled = async (page: Page) => {
  const waiting = page.locator('.mantine-Skeleton-root, [data-loading]').filter({ visible: true });
  await waiting.first().waitFor({ state: 'hidden' });
};

/** What changes on a screen without leaving it, and the ways from one to the next, on the large customer. */
export const CHANGES: readonly Change[] = [
  {
    name: 'opens an endpoint from the list',
    act: async (page) => {
      await row(page).getByRole('link').click();
      await main(page).getByText('Message attempts').waitFor();
      await settled(page);
    },
  },
  {
    name: 'looks at what failed',
    act: async (page) => {
      await main(page).getByRole('button', { name: 'Failed' }).click();
      await page.waitForURL(/status=fail/);
      await row(page).waitFor();
      await settled(page);
    },
  },
  {
    // Not further: another list is what a reader asks for by applying them.
    name: 'opens the filters and chooses an event type',
    act: async (page) => {
      await main(page).getByRole('button', { name: 'Filters' }).click();
      await main(page).getByLabel('Event type').selectOption('scale.type_9');
      await settled(page);
    },
  },
  {
    name: 'shows the secret',
    act: async (page) => {
      await main(page).getByRole('button', { name: 'Show' }).click();
      await main(page).getByText('whsec_').waitFor();
    },
  },
  {
    name: 'looks at the last 6 hours',
    act: async (page) => {
      await main(page).getByRole('button', { name: 'Last 6 hours' }).click();
      await settled(page);
    },
  },
  {
    name: 'tests',
    act: async (page) => {
      await tab(page, 'Testing');
      await main(page).getByRole('combobox').selectOption('billing0.invoice.created_0');
      await main(page).getByText('"number": 0').or(main(page).locator('textarea')).first().waitFor();
      await settled(page);
    },
  },
  {
    name: 'sees throttle and headers, and edits',
    act: async (page) => {
      await tab(page, 'Advanced');
      await main(page).getByText('Custom headers').first().waitFor();
      await settled(page);
      await main(page).getByRole('button', { name: 'Edit' }).first().click();
    },
  },
  {
    name: 'goes to the messages',
    act: async (page) => {
      await goTo(page, 'Messages');
      await row(page).waitFor();
      await settled(page);
    },
  },
  {
    name: 'opens a message and an attempt',
    act: async (page) => {
      await row(page).getByRole('link').click();
      await main(page).locator('summary').first().click();
      await main(page).getByText('Headers that were sent').waitFor();
      await settled(page);
    },
  },
  {
    name: 'asks to resend, and does not',
    act: async (page) => {
      await main(page).getByRole('button', { name: 'Resend' }).first().click();
      await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
    },
  },
  {
    name: 'looks at the activity by days',
    act: async (page) => {
      await goTo(page, 'Activity');
      await main(page).getByRole('img').waitFor();
      await settled(page);
      await main(page).getByRole('button', { name: 'Days' }).click();
      await page.waitForURL(/period=OneDay/);
      await settled(page);
    },
  },
  {
    name: 'opens an event type',
    act: async (page, { eventType }) => {
      await goTo(page, 'Event catalogue');
      await main(page).getByRole('link', { name: eventType }).click();
      await main(page).getByText('"number"').waitFor();
    },
  },
];
