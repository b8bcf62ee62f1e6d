import { Argument, type Command } from 'commander';
import { withExamples } from './examples.js';
import type { Terminal } from './terminal.js';

const SHELLS = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof SHELLS)[number];

/** `postrider completion <shell>`: a script that completes commands and options. */
export function addCompletionCommand(parent: Command, terminal: Terminal): Command {
  const command = parent
    .command('completion')
    .summary('print a script that completes commands in a shell')
    .description('Prints a script for a shell that completes commands, options and their values.')
    .addArgument(new Argument('<shell>', 'which shell').choices(SHELLS))
    .action(async (shell: Shell) => {
      const { completionScript } = await import('./completion-script.js');
      terminal.print(completionScript(shell, parent));
    });
  return withExamples(command, [
    ['source <(postrider completion bash)', 'In ~/.bashrc'],
    ['source <(postrider completion zsh)', 'In ~/.zshrc, after compinit'],
    ['postrider completion fish | source', 'In ~/.config/fish/config.fish'],
  ]);
}
