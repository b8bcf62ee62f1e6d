import { ExplainNode, type KyselyPlugin, RawNode, type RootOperationNode } from 'kysely';
import { expect } from 'vitest';
import type { Queryable } from '../src/database/database.js';

/** Explains each statement instead of running it; `plans` gets the lines. */
export class Explain implements KyselyPlugin {
  readonly plans: string[] = [];

  transformQuery({ node }: { node: RootOperationNode }): RootOperationNode {
    if (node.kind === 'RawNode') return RawNode.create(['explain ', ''], [node]);
    return { ...node, explain: ExplainNode.create() } as RootOperationNode;
  }

  async transformResult<T extends { rows: Record<string, unknown>[] }>({
    result,
  }: {
    result: T;
  }): Promise<T> {
    this.plans.push(result.rows.map((row) => row['QUERY PLAN']).join('\n'));
    return { ...result, rows: [] };
  }
}

/** The plans of what is asked of the database, one after the other. */
export async function plansOf(
  kysely: Queryable,
  run: (database: Queryable) => Promise<unknown>,
): Promise<string> {
  const explain = new Explain();
  await run(kysely.withPlugin(explain));
  expect(explain.plans).not.toEqual([]);
  return explain.plans.join('\n');
}
