import type { Page } from 'playwright-core';

/** Something that moved by itself: how much of the page by how far, and what it was. */
export interface Shift {
  readonly value: number;
  readonly what: readonly string[];
}

declare global {
  interface Window {
    layoutShifts: Shift[];
  }
}

/** Runs in the page, so it stands for itself. */
function watch(): void {
  interface LayoutShift extends PerformanceEntry {
    readonly value: number;
    readonly hadRecentInput: boolean;
    readonly sources: readonly { readonly node: Node | null }[];
  }
  const nameOf = (node: Node | null): string =>
    node instanceof Element ? `${node.tagName} ${node.textContent.slice(0, 40)}` : (node?.nodeName ?? '?');
  window.layoutShifts = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as LayoutShift[]) {
      if (entry.hadRecentInput) continue;
      window.layoutShifts.push({ value: entry.value, what: entry.sources.map(({ node }) => nameOf(node)) });
    }
  }).observe({ type: 'layout-shift', buffered: true });
}

/** From the next load on, notes what moves by itself: not what moves within half a second of a key or a click. */
export const watchShifts = (page: Page): Promise<unknown> => page.addInitScript(watch);

/** What moved since the last load, or since it was asked for; the sum of it is the layout shift of web vitals at least. */
export const takeShifts = (page: Page): Promise<Shift[]> =>
  page.evaluate(() => window.layoutShifts.splice(0));

export const sumOf = (shifts: readonly Shift[]): number => shifts.reduce((sum, { value }) => sum + value, 0);
