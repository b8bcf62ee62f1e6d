import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createMetrics, observeLive } from '../../src/observability/metrics.js';

const source = new URL('../../src/', import.meta.url);
const read = (path: string): string => readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8');
const code = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => readFileSync(new URL(name, source), 'utf8'))
  .join('\n');
const found = (text: string, pattern: RegExp): string[] => [
  ...new Set([...text.matchAll(pattern)].map((match) => match[1] ?? '')),
];

/** Every error code that stands in the code: given to an AppError or conflict(), or written into a body. */
const codes = [
  ...found(code, /new AppError\(\s*\d{3},\s*'([^']+)'/g),
  ...found(code, /\bconflict\([^()]*,\s*'([a-z_ ]+)',?\s*\)/g),
  ...found(code, /\{ code: '([^']+)', detail/g),
  ...found(code, /detail = '[^']*', code = '([^']+)'/g),
  ...found(code, /\d{3}: \['([a-z_]+)'/g),
];

describe('error codes', () => {
  it('are found in the code', () => {
    expect(codes).toEqual(
      expect.arrayContaining(['not_found', 'limit_reached', 'event_type_exists', 'conflict', 'bad_request']),
    );
  });

  it.each([...new Set(codes)])('%s has a page and a line in the list of pages', (name) => {
    const page = `${name.replace(/[ _]/g, '-')}.md`;
    expect(read(`docs/errors/${page}`)).toContain(`"code": "${name}"`);
    expect(read('docs/errors/README.md')).toContain(`| [\`${name}\`](${page}) |`);
  });
});

describe('settings', () => {
  const settings = found(code, /\bget\('([A-Z_]+)'\)/g).map((name) => `POSTRIDER_${name}`);
  const documented = found(read('README.md'), /^\| `(POSTRIDER_[A-Z_]+)` \|/gm);

  it('are those that the README lists', () => {
    expect(settings.length).toBeGreaterThan(20);
    expect(documented.sort()).toEqual(settings.sort());
  });

  it('that the operating page names exist', () => {
    const named = found(read('docs/operating.md'), /(POSTRIDER_[A-Z_]+)/g);
    expect(named.filter((name) => !settings.includes(name))).toEqual([]);
  });
});

it('metrics are those that the operating page lists', async () => {
  const metrics = createMetrics();
  observeLive(metrics, {
    inFlight: () => 0,
    streams: () => 0,
    pools: () => ({}),
    queue: async () => ({ depth: 0, ageSeconds: 0 }),
    takesWork: () => true,
    freeBytes: async () => 1,
  });
  const names = found(await metrics.registry.metrics(), /^# TYPE (postrider_\w+)/gm);
  const page = read('docs/operating.md');
  const listed = page
    .split('\n')
    .filter((line) => line.startsWith('| `postrider_'))
    .flatMap((line) => found(line.split('|')[1] ?? '', /`(\w+)/g))
    .map((name) => (name.startsWith('_') ? `postrider_deliveries${name}` : name));
  expect(listed.sort()).toEqual(names.sort());
});

describe('events in the log', () => {
  /** Rows of the page: name and levels. */
  const listed = new Map(
    [...read('docs/log-events.md').matchAll(/^\| `([a-z_.]+)` \| ([^|]+) \|/gm)].map(
      ([, name = '', levels = '']) => [name, levels] as const,
    ),
  );

  it('are those that their page lists, each once', () => {
    // Those of live streams, which go to readers, have no dot.
    const names = ['request', ...found(code, /\bevent: '([a-z_]+\.[a-z_]+)'/g)];
    expect(names.length).toBeGreaterThan(40);
    expect([...listed.keys()].sort()).toEqual(names.sort());
    expect(read('docs/log-events.md').match(/^\| `/gm)).toHaveLength(listed.size);
  });

  it('have the level that it says', () => {
    const levels = [...code.matchAll(/\blog\s*\.(debug|info|warn|error)\(\s*\{[^}]*\bevent: '([a-z_.]+)'/g)];
    expect(levels.length).toBeGreaterThan(40);
    const wrong = levels
      .map(([, level = '', name = '']) => [name, level] as const)
      .filter(([name, level]) => !listed.get(name)?.split(/\W+/).includes(level));
    expect(wrong).toEqual([]);
  });
});
