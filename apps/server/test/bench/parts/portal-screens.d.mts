import type { Targets } from './portal-place.mjs';

export interface LargeScreen {
  readonly name: string;
  path(targets: Targets): string;
  /** Selector of what is there when the screen's content is. */
  readonly content: string;
}

export const SCREENS: readonly LargeScreen[];
export function untilUsable(content: string): Promise<number>;
export function untilInteractive(content: string): Promise<number>;
