import { readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { readPromQL } from '../promql.js';

/*
 * That the cases of the alerts are there. Whether they hold is found by promtool, which not every machine has:
 * scripts/check-alerts.sh runs it.
 */

interface Case {
  readonly name: string;
  readonly input_series: readonly { readonly series: string }[];
  readonly alert_rule_test: readonly {
    readonly alertname: string;
    readonly exp_alerts: readonly unknown[];
  }[];
}

const read = (name: string): unknown =>
  load(readFileSync(new URL(`../../../../deploy/prometheus/${name}`, import.meta.url), 'utf8'));
const { groups } = read('alerts.yaml') as { groups: { rules: { alert: string; expr: string }[] }[] };
const rules = groups.flatMap((group) => group.rules);
const { tests, rule_files } = read('alerts.test.yaml') as { tests: Case[]; rule_files: string[] };
const moments = tests.flatMap(({ input_series, alert_rule_test }) =>
  alert_rule_test.map(({ alertname, exp_alerts }) => ({
    alertname,
    fires: exp_alerts.length > 0,
    metrics: new Set(input_series.map(({ series }) => series.replace(/\{.*/, ''))),
  })),
);

describe('alerts.test.yaml', () => {
  it('is about alerts.yaml, and about nothing that is not in it', () => {
    expect(rule_files).toEqual(['alerts.yaml']);
    const known = rules.map(({ alert }) => alert);
    expect(moments.map(({ alertname }) => alertname).filter((name) => !known.includes(name))).toEqual([]);
  });

  it.each(rules.map(({ alert, expr }) => [alert, expr] as const))(
    'has figures at which %s fires, and at which it does not',
    (alert, expr) => {
      const own = moments.filter(({ alertname }) => alertname === alert);
      expect(own.map(({ fires }) => fires)).toEqual(expect.arrayContaining([true, false]));
      // Where nothing is told, nothing fires: that would show nothing.
      for (const { metric } of readPromQL(expr).selectors) {
        for (const { metrics } of own) expect(metrics).toContain(metric);
      }
    },
  );
});
