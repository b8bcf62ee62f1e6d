import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createClient, unwrap } from '@postrider/client';
import { load } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { PLACES } from '../process.js';
import { readPromQL } from '../promql.js';
import { API_KEY, Stage } from './stage.js';

const read = (path: string): string =>
  readFileSync(new URL(`../../../../deploy/${path}`, import.meta.url), 'utf8');

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly refId: string; readonly expr: string }[];
}
interface Dashboard {
  readonly uid: string;
  readonly schemaVersion: number;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] };
}
interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly description: string };
}

const dashboard = JSON.parse(read('grafana/postrider.json')) as Dashboard;
const { groups } = load(read('prometheus/alerts.yaml')) as { groups: { name: string; rules: Rule[] }[] };
const rules = groups.flatMap((group) => group.rules);
const drawn = dashboard.panels.filter(({ type }) => type !== 'row');
/** Grafana puts these in before it asks. */
const fill = (query: string) =>
  query.replaceAll('$__rate_interval', '5m').replaceAll('$job', '.*').replaceAll('$instance', '.*');
const queries: [where: string, query: string][] = [
  ...drawn.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }): [string, string] => [`panel ${title}`, fill(expr)]),
  ),
  ...dashboard.templating.list.flatMap(({ name, definition }): [string, string][] =>
    definition === undefined
      ? []
      : [[`variable ${name}`, fill(definition.replace(/^label_values\((.*), \w+\)$/, '$1'))]],
  ),
  ...rules.map(({ alert, expr }): [string, string] => [`alert ${alert}`, expr]),
];

/** What Prometheus adds by itself. */
const OF_PROMETHEUS = { metrics: ['up'], labels: ['job', 'instance'] };
/** Metrics that one of the databases does not have; see docs/operating.md. */
const ELSEWHERE: Record<string, string> = {
  embedded: 'postrider_database_connections',
  postgres: 'postrider_data_directory_free_bytes',
};

describe('the dashboard', () => {
  it('has panels with queries, under ids of their own, side by side', () => {
    expect(dashboard.uid).toBe('postrider');
    expect(dashboard.schemaVersion).toBeGreaterThan(30);
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
    expect(drawn.length).toBeGreaterThan(15);
    for (const { title, targets = [] } of drawn) {
      expect(targets.length, title).toBeGreaterThan(0);
      expect(new Set(targets.map(({ refId }) => refId)).size, title).toBe(targets.length);
    }
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, n) => `${x + (n % w)},${y + Math.floor(n / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    for (const { gridPos, title } of dashboard.panels) {
      expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24);
    }
  });
});

describe('the alerts', () => {
  it('have names of their own, a severity, and say what to do', () => {
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
    expect(rules.length).toBeGreaterThan(10);
    for (const { alert, labels, annotations } of rules) {
      expect(alert).toMatch(/^Postrider[A-Z]\w+$/);
      expect(['info', 'warning', 'critical'], alert).toContain(labels.severity);
      expect(annotations.summary, alert).toMatch(/\S/);
      expect(annotations.description, alert).toMatch(/\S/);
    }
  });
});

describe.each(PLACES)(
  'what both ask for is told by a server on %s that has something to tell',
  (name, make) => {
    const stage = new Stage();
    /** Labels and their values by the name of a series. */
    const told = new Map<string, Map<string, Set<string>>>();
    beforeAll(async () => {
      const place = await make();
      stage.later(() => place.remove());
      const server = await stage.start({ ...place.settings, POSTRIDER_RETRY_SCHEDULE: '3600' });
      const receiver = createServer((request, response) => {
        request.resume();
        response.writeHead(request.url === '/bad' ? 500 : 200).end();
      });
      await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
      stage.later(() => new Promise((resolve) => receiver.close(resolve).closeAllConnections()));
      const { port } = receiver.address() as AddressInfo;
      const client = createClient({ serverUrl: server.url, token: API_KEY });
      const url = `http://127.0.0.1:${port}`;
      await unwrap(client.operationalWebhookEndpoint.create({ body: { url } }));
      const { id } = await unwrap(client.application.create({ body: { name: 'Figures' } }));
      const params = { app_id: id };
      await unwrap(client.endpoint.create({ params, body: { url: `${url}/good` } }));
      await unwrap(client.endpoint.create({ params, body: { url: `${url}/bad` } }));
      await unwrap(client.message.create({ params, body: { eventType: 'a.b', payload: {} } }));
      const scrape = async () => (await fetch(`${server.url}/metrics`)).text();
      const retried = async () => expect(await scrape()).toMatch(/^postrider_deliveries_retried_total 1$/m);
      await vi.waitFor(retried, { timeout: 30_000 });
      for (const [, series = '', labels = ''] of (await scrape()).matchAll(
        /^([a-z]\w*)(?:\{(.*)\})? \S+$/gm,
      )) {
        const known = told.get(series) ?? new Map<string, Set<string>>();
        told.set(series, known);
        for (const [, label = '', value = ''] of labels.matchAll(/(\w+)="([^"]*)"/g)) {
          known.set(label, (known.get(label) ?? new Set()).add(value));
        }
      }
    });
    afterAll(() => stage.clear());

    it.each(queries)('%s', (_where, query) => {
      const { selectors, groupings } = readPromQL(query);
      const labels = new Set<string>(OF_PROMETHEUS.labels);
      for (const { metric, matchers } of selectors) {
        if (OF_PROMETHEUS.metrics.includes(metric)) continue;
        if (metric === ELSEWHERE[name]) return;
        const known = told.get(metric);
        expect(known, metric).toBeDefined();
        for (const label of known?.keys() ?? []) labels.add(label);
        for (const [label, value] of matchers) {
          expect([...labels], `${metric}: ${label}`).toContain(label);
          if (value !== undefined && !OF_PROMETHEUS.labels.includes(label)) {
            expect([...(known?.get(label) ?? [])], `${metric}: ${label}`).toContain(value);
          }
        }
      }
      for (const label of groupings) expect([...labels]).toContain(label);
    });

    it('a metric or label of another name would be noticed', () => {
      expect(told.has('postrider_queue_age')).toBe(false);
      expect(told.get('postrider_attempts_total')?.has('result')).toBe(false);
      expect(() => readPromQL('sum(rate(')).toThrow('no PromQL');
    });
  },
);
