import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { Finding } from '../src/doctor/finding.js';

/** Levels at which a check was found: one, where it is made. */
export const levelOf = (findings: readonly Finding[], check: string): string[] =>
  findings.filter((one) => one.check === check).map(({ level }) => level);

/** Collects the findings that a test made appear, to compare them with those that the code can make. */
export class ShownFindings {
  readonly #shown: string[] = [];

  /** Expects one finding of a check, and that it says what is wrong and what to do. Once for every place in the code. */
  expect(findings: readonly Finding[], level: 'warning' | 'problem', check: string, message: RegExp): void {
    expect(findings.filter((one) => one.check === check)).toEqual([
      { check, level, message: expect.stringMatching(message), remedy: expect.stringMatching(/\w{3}/) },
    ]);
    this.#shown.push(`${level} ${check}`);
  }

  /** Expects that each place of `src/doctor/<name>` that finds something bad was shown, however many there are. */
  expectAllOf(name: string): void {
    const source = readFileSync(new URL(`../src/doctor/${name}`, import.meta.url), 'utf8');
    const places = [...source.matchAll(/\b(warning|problem)\(\s*'([a-z-]+)'/g)];
    expect(places.length).toBeGreaterThan(5);
    const left = [...this.#shown];
    const missing = places
      .map(([, level, check]) => `${level} ${check}`)
      .filter((one) => {
        const at = left.indexOf(one);
        if (at >= 0) left.splice(at, 1);
        return at < 0;
      });
    expect(missing).toEqual([]);
  }
}
