import { parser } from '@prometheus-io/lezer-promql';

/** A metric that a query asks for, with the labels that it names. */
export interface Selector {
  readonly metric: string;
  /** Label and value of `=` matchers; the value is undefined for other kinds. */
  readonly matchers: readonly (readonly [label: string, value: string | undefined])[];
}

/** What a query in PromQL speaks of. */
export interface QueryParts {
  readonly selectors: readonly Selector[];
  /** Labels in `by`, `on` and the like. */
  readonly groupings: readonly string[];
}

/** @throws Error when it is no PromQL */
export function readPromQL(query: string): QueryParts {
  const tree = parser.parse(query);
  const selectors: Selector[] = [];
  const groupings: string[] = [];
  tree.iterate({
    enter: ({ node, type, from, to }) => {
      const text = query.slice(from, to);
      if (type.isError) throw new Error(`no PromQL at ${from}: ${query}`);
      if (type.name === 'GroupingLabels') {
        groupings.push(...node.getChildren('LabelName').map((one) => query.slice(one.from, one.to)));
      }
      if (type.name !== 'VectorSelector') return;
      const name = node.getChild('Identifier');
      if (!name) throw new Error(`a selector without a name: ${text}`);
      const matchers = node
        .getChild('LabelMatchers')
        ?.getChildren('UnquotedLabelMatcher')
        .map((one) => {
          const [, label = '', operator, value] =
            /^(\w+)\s*(=~|!~|!=|=)\s*"(.*)"$/.exec(query.slice(one.from, one.to)) ?? [];
          return [label, operator === '=' ? value : undefined] as const;
        });
      selectors.push({ metric: query.slice(name.from, name.to), matchers: matchers ?? [] });
    },
  });
  if (selectors.length === 0) throw new Error(`asks for no metric: ${query}`);
  return { selectors, groupings };
}
