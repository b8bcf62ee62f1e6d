/** What a command has of the world around the process. Commands read and write through it alone. */
export interface Terminal {
  /** Environment variables. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Whether a person reads standard output, and wants colours. */
  readonly colours: boolean;
  /** Writes a line to standard output: what was asked for. */
  print(text: string): void;
  /** Writes a line to standard error: what only people read. */
  note(text: string): void;
}

/** Who reads may leave, as `head` does: there is nobody to tell then. */
const endWithReader = (error: NodeJS.ErrnoException): void => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
};

/** The terminal of this process. Colours are for a terminal only, and not where NO_COLOR is set. */
export function processTerminal(): Terminal {
  process.stdout.on('error', endWithReader);
  return {
    environment: process.env,
    colours: process.stdout.isTTY && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb',
    print: (text) => {
      process.stdout.write(`${text}\n`);
    },
    note: (text) => {
      process.stderr.write(`${text}\n`);
    },
  };
}
