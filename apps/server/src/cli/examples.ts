import type { Command } from 'commander';

/** A line to type, and what it does. */
export type Example = readonly [line: string, meaning: string];

/** Adds examples to a command's help. Every command has some. */
export function withExamples(command: Command, examples: readonly Example[]): Command {
  const lines = examples.map(([line, meaning]) => `  # ${meaning}\n  ${line}`);
  return command.addHelpText('after', `\nExamples:\n${lines.join('\n\n')}\n`);
}

/** The values of an option that may be given several times, as commander collects them. */
export const collect = (value: string, before: readonly string[] | undefined): string[] => [
  ...(before ?? []),
  value,
];
